import Foundation

/// The realtime connection of whoever is logged in (spec/session.md, The connection). Nothing that becomes of
/// it ends the session; where the server refuses it, the API is asked, whose verdict does.
final class Connection: Sendable {
  private struct State {
    var session: Session?
    /// Whether the session there is shall be connected.
    var isWanted: Bool
    var isStarted = false
    var isClosed = false
    /// Whether the app is in the background.
    var isResting = false
    var status = CallsConnectionStatus.disconnected
    /// Works for the session there is; nil when nobody does. What one says that is not this one any more is
    /// not heard.
    var connector: Connector?
    /// The last one, which may still be saying goodbye.
    var last: Connector?
    /// Those who asked for a connection and wait for it.
    var waiting: [Settlement<Void>] = []
    var check: @Sendable () async -> Void = {}
  }

  let realtime: Realtime
  private let transport: Transport
  private let introduction: Introduction
  private let isAutomatic: Bool
  private let audiences: Audiences
  private let state: Locked<State>

  init(
    _ settings: CallAppSettings.Values, _ device: Device, _ transport: Transport, _ audiences: Audiences,
    _ realtime: Realtime
  ) {
    isAutomatic = settings.connects
    introduction = Introduction(
      appId: settings.appId, resource: transport.resource, device: device, subscription: settings.subscription)
    (self.transport, self.audiences, self.realtime) = (transport, audiences, realtime)
    state = Locked(State(isWanted: settings.connects))
  }

  var status: CallsConnectionStatus { state { $0.status } }

  /// Whether it depends on who is logged in, so that other processes have to be followed.
  var isConcerned: Bool { isAutomatic || state { $0.isWanted } }

  /// Begins to connect. What is given asks the server whether the session is still good.
  func start(_ check: @escaping @Sendable () async -> Void) {
    state { state in
      (state.isStarted, state.check) = (true, check)
      call(&state)
    }
  }

  /// Takes note of who is logged in now, or nil. Whoever changes that calls it while that is locked, so that
  /// the order is that of the changes.
  func sessionChanged(_ session: Session?) {
    state { state in
      let isSame = session != nil && session?.authToken == state.session?.authToken
      state.session = session
      if !isSame {
        state.isWanted = isAutomatic
        hangUp(&state, .loggedOut)
        giveUp(&state, session == nil ? .noUserLoggedIn : .notReached)
      }
      call(&state)
    }
  }

  /// Has the session connected until it ends or `disconnect` is called. It settles with the first connection, or
  /// fails within the time limit of a request; the work for one then goes on.
  func connect() -> Settlement<Void> {
    let waiting = Settlement<Void>()
    let settled = state { state -> Settlement<Void>.Outcome? in
      if state.isClosed { return .failure(CometChatCallException(.notInitialized)) }
      if state.session == nil { return .failure(CometChatCallException(.noUserLoggedIn)) }
      state.isWanted = true
      call(&state)
      if state.status == .connected { return .success(()) }
      if state.connector != nil {
        state.waiting.append(waiting)
        return nil
      }
      // Without a JWT there is nothing to connect with.
      return .failure(CometChatCallException(state.isResting ? .notReached : .unusableAnswer))
    }
    if let settled { return Settlement(settled) }
    Task {
      try await realtime.time.sleep(transport.limit)
      waiting.settle(.failure(CometChatCallException(.notReached)))
    }
    return waiting
  }

  /// Ends the connection and leaves the session, which is not connected again before `connect` is called or
  /// another one begins.
  func disconnect() {
    state { state in
      state.isWanted = false
      hangUp(&state, .loggedOut)
      giveUp(&state, .notReached)
    }
  }

  /// Ends the connection while the app is in the background.
  func rest() {
    state { state in
      state.isResting = true
      hangUp(&state, .inBackground)
      giveUp(&state, .notReached)
    }
  }

  /// Connects again what `rest` has ended.
  func wake() {
    state { state in
      state.isResting = false
      call(&state)
    }
  }

  /// Ends the connection for good. Listeners do not hear of it.
  func close() {
    state { state in
      state.connector?.leave(.goingAway)
      (state.isClosed, state.session, state.status) = (true, nil, .disconnected)
      (state.connector, state.last) = (nil, nil)
      giveUp(&state, .notInitialized)
    }
  }

  private func call(_ state: inout State) {
    guard state.isStarted, !state.isClosed, !state.isResting, state.isWanted, state.connector == nil,
      state.session?.jwt?.isEmpty == false
    else { return }
    let connector = Connector(self)
    connector.begin(after: state.last)
    (state.connector, state.last) = (connector, connector)
    change(&state, .connecting)
  }

  private func hangUp(_ state: inout State, _ farewell: Farewell) {
    guard let connector = state.connector else { return }
    connector.leave(farewell)
    state.connector = nil
    change(&state, .disconnected)
  }

  private func giveUp(_ state: inout State, _ code: CallsErrorCode) {
    for settlement in state.waiting { settlement.settle(.failure(CometChatCallException(code))) }
    state.waiting = []
  }

  private func change(_ state: inout State, _ status: CallsConnectionStatus) {
    state.status = status
    audiences.connections.tell { try $0.hear(status) }
    if status == .connected {
      for settlement in state.waiting { settlement.settle(.success(())) }
      state.waiting = []
    }
  }
}

/// What a connector needs of the connection that it works for.
extension Connection {
  /// The session to connect, with its newest JWT; nil when another connector does, or none.
  func session(of connector: Connector) -> Session? {
    state { $0.connector === connector ? $0.session : nil }
  }

  func open(_ session: Session) async throws -> Line {
    let address = session.socket ?? SocketHosts.address(nil, transport.base)
    guard let url = URL(string: address), let jwt = session.jwt else { throw Line.End.lost(retryAfter: 0) }
    let hello = try introduction.frame(session.user.uid, jwt)
    return try await Line.open(
      url, hello, resource: introduction.resource, limit: transport.limit, realtime)
  }

  func check() async { await state { $0.check }() }

  func say(_ status: CallsConnectionStatus, by connector: Connector) {
    state { state in
      if state.connector === connector { change(&state, status) }
    }
  }

  func hear(_ presence: Presence, by connector: Connector, _ session: Session) {
    // The user's own devices come and go unheard.
    if session.isOf(presence.user.uid) { return }
    state { state in
      guard state.connector === connector else { return }
      audiences.users.tell { listener in
        let hear = presence.isOnline ? listener.onUserOnline : listener.onUserOffline
        try hear?(CallsUser(presence.user))
      }
    }
  }
}
