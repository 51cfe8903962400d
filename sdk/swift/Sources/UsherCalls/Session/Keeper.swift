import Foundation

/// The only one who changes what is stored: one change after the other, each with the lock between
/// processes, so that what is stored in the end is what the state says in the end.
actor Keeper {
  private let space: Space
  private let state: Locked<ClientState>
  private let listeners: Listeners<CallsLoginListener>

  init(_ space: Space, _ state: Locked<ClientState>, _ listeners: Listeners<CallsLoginListener>) {
    (self.space, self.state, self.listeners) = (space, state, listeners)
  }

  /// Stores the session of a login and makes it the current one, unless the login was discarded meanwhile.
  /// Gives the session that was replaced. When it fails, the old session stays.
  func keep(_ fresh: Session, _ attempt: Attempt) throws -> Session? {
    let encoded = try fresh.encoded()
    return try exclusively {
      guard state({ $0.attempt === attempt }) else { throw CometChatCallException(.loginDiscarded) }
      let elsewhere = storedElsewhere()
      try space.saveSession(encoded)
      // A session whose token is on the list counts as logged out.
      try? removeRevocation(fresh.authToken)
      let (kept, previous) = state { state -> (Bool, Session?) in
        guard state.attempt === attempt else { return (false, nil) }
        let previous = state.become(fresh)
        (state.seen, state.attempt) = (encoded, nil)
        listeners.tell(.loginSuccess(fresh))
        return (true, previous)
      }
      if kept { return elsewhere ?? previous }
      // The logout came while the session was being stored and could not know of it.
      try? removeStored()
      throw CometChatCallException(.loginDiscarded)
    }
  }

  /// Stores that the token of an ended session is to be revoked, then removes the session: in this order a
  /// program that ends in between finds nobody logged in at its next start.
  func forget(_ ended: Session) -> (noted: Result<Void, any Error>, removed: Result<Void, any Error>) {
    var noted: Result<Void, any Error> = .success(())
    let removed = Result {
      try exclusively {
        noted = Result { try addRevocation(ended.authToken) }
        // A later login was faster and has already replaced what is stored.
        if state({ $0.session != nil }) { return }
        if let other = storedElsewhere() {
          // Another process logged in just now.
          noted = noted.flatMap { Result { try addRevocation(other.authToken) } }
        }
        try removeStored()
      }
    }
    return (noted, removed)
  }

  /// Removes a session that the server ended, unless a login was faster.
  func removeRevoked() throws {
    try exclusively {
      if state({ $0.session != nil }) || storedElsewhere() != nil { return }
      try removeStored()
    }
  }

  /// Replaces the session by one with the same token and newer news of the user.
  func update(_ fresh: Session) throws {
    let encoded = try fresh.encoded()
    try exclusively {
      let isCurrent = state { state in
        guard state.session?.authToken == fresh.authToken else { return false }
        state.become(fresh)
        return true
      }
      if !isCurrent || storedElsewhere() != nil { return }
      try space.saveSession(encoded)
      let isGone = state { state in
        state.seen = encoded
        return state.session?.authToken != fresh.authToken
      }
      if isGone { try removeStored() }
    }
  }

  /// Puts a token on the list of those to revoke.
  func noteRevocation(_ token: String) throws {
    try exclusively { try addRevocation(token) }
  }

  /// Takes a token off the list.
  func forgetRevocation(_ token: String) {
    state { $0.unsaved.removeAll { $0 == token } }
    // One that stays on the list is only revoked once more.
    try? exclusively { try removeRevocation(token) }
  }

  private func exclusively<Value>(_ work: () throws -> Value) throws -> Value {
    state {
      $0.writing = true
      $0.changes += 1
    }
    defer { state { $0.writing = false } }
    let unlock = try space.lock()
    defer { unlock() }
    return try work()
  }

  private func addRevocation(_ token: String) throws {
    let waiting = try space.loadRevocations()
    if !waiting.contains(token) { try space.saveRevocations(waiting + [token]) }
  }

  private func removeRevocation(_ token: String) throws {
    let waiting = try space.loadRevocations()
    if waiting.contains(token) { try space.saveRevocations(waiting.filter { $0 != token }) }
  }

  private func removeStored() throws {
    try space.removeSession()
    state { $0.seen = nil }
  }

  /// The session that another process stored and this one has not seen yet.
  private func storedElsewhere() -> Session? {
    guard space.isShared, let stored = try? space.loadSession() else { return nil }
    return state({ $0.seen == stored }) ? nil : Session(stored: stored)
  }
}
