extension Client {
  /// Begins a login. Whether it may run is decided when this returns.
  func login(_ attempt: Attempt) -> Settlement<CallsUser> {
    follow()
    switch begin(attempt) {
    case .refused(let failure): return Settlement(.failure(failure))
    case .already(let session):
      Task { await revoker.retry() }
      return Settlement(.success(CallsUser(session.user)))
    case .runs:
      // Whoever logs out does not wait for this, and what the server still answers has to be undone.
      Task { await run(attempt) }
      return attempt.settlement
    }
  }

  /// Gives up a login, if it still runs.
  func discard(_ attempt: Attempt) {
    state { state in
      if state.attempt === attempt { discardAttempt(&state) }
    }
  }

  /// Makes the login that is running, if any, fail at once.
  func discardAttempt(_ state: inout ClientState) {
    guard let attempt = state.attempt else { return }
    let failure = CometChatCallException(.loginDiscarded)
    state.attempt = nil
    listeners.tell(.loginFailure(failure))
    attempt.settlement.settle(.failure(failure))
  }

  private enum Beginning {
    case refused(CometChatCallException)
    case already(Session)
    case runs
  }

  /// The order of the checks is that of spec/session.md.
  private func begin(_ attempt: Attempt) -> Beginning {
    state { state in
      if state.closed { return .refused(CometChatCallException(.notInitialized)) }
      if state.attempt != nil { return .refused(CometChatCallException(.loginInProgress)) }
      if let code = attempt.invalid {
        let failure = CometChatCallException(code)
        listeners.tell(.loginFailure(failure))
        return .refused(failure)
      }
      if let session = state.session, attempt.isIn(session) {
        listeners.tell(.loginSuccess(session))
        return .already(session)
      }
      state.attempt = attempt
      return .runs
    }
  }

  private func run(_ attempt: Attempt) async {
    // The token to end should the login fail; one of the app's own is ended only when somebody logged out
    // after it had signed in.
    var unwanted: String?
    do {
      let fresh = try await signIn(attempt, &unwanted)
      let replaced = try await keeper.keep(fresh, attempt)
      attempt.settlement.settle(.success(CallsUser(fresh.user)))
      if let replaced, replaced.authToken != fresh.authToken { await revoker.revoke(replaced.authToken) }
    } catch {
      let failure = error as? CometChatCallException ?? CometChatCallException(.storageFailed, cause: error)
      // The way is free before anybody hears of it.
      state { state in
        guard state.attempt === attempt else { return }
        state.attempt = nil
        listeners.tell(.loginFailure(failure))
      }
      attempt.settlement.settle(.failure(failure))
      if let unwanted, !failure.errorCode.endsSession { await revoker.revoke(unwanted) }
    }
  }

  private func signIn(_ attempt: Attempt, _ unwanted: inout String?) async throws -> Session {
    let token: String
    switch attempt.wanted {
    case .key(let uid, let apiKey):
      Task { await revoker.retry() }
      token = try await issueToken(uid, apiKey)
      unwanted = token
    case .token(let given):
      token = given
      // It is wanted again.
      await keeper.forgetRevocation(token)
      Task { await revoker.retry() }
    }
    guard state({ $0.attempt === attempt }) else { throw CometChatCallException(.loginDiscarded) }
    let fresh = try await transport.send("PUT", "me", .token(token), body: device, as: Me.self)
      .session(sent: token, to: transport.base)
    if case .key(let uid, _) = attempt.wanted {
      guard fresh.isOf(uid) else {
        // Whose token it is nobody knows, so it is not ours to end.
        unwanted = nil
        throw Answer.unusable()
      }
      unwanted = fresh.authToken
    } else if !state({ $0.attempt === attempt }) {
      unwanted = fresh.authToken
    }
    return fresh
  }

  private func issueToken(_ uid: String, _ apiKey: String) async throws -> String {
    struct Issued: Decodable, Sendable {
      let authToken: String
    }
    do {
      let issued = try await transport.send(
        "POST", "users/\(uid)/auth_tokens", .key(apiKey), body: device, as: Issued.self)
      if !Checks.isCredential(issued.authToken) { throw Answer.unusable() }
      return issued.authToken
    } catch let failure as CometChatCallException
      where [.unknownAPIKey, .emptyAPIKey].contains(failure.errorCode)
    {
      throw CometChatCallException(.apiKeyNotFound, cause: failure)
    }
  }
}
