extension Client {
  /// Asks the server whether the session is still good, and gives the user as they are now.
  func checkSession() -> Settlement<CallsUser> {
    follow()
    let (asked, code) = state { ($0.session, $0.closed ? CallsErrorCode.notInitialized : .noUserLoggedIn) }
    guard let asked else { return Settlement(.failure(CometChatCallException(code))) }
    let settlement = Settlement<CallsUser>()
    Task {
      do { settlement.settle(.success(CallsUser(try await refresh(asked).user))) } catch {
        let failure = error as? CometChatCallException ?? CometChatCallException(.unusableAnswer, cause: error)
        settlement.settle(.failure(failure))
      }
    }
    return settlement
  }

  private func refresh(_ asked: Session) async throws -> Session {
    let answer: Result<Session, any Error>
    do { answer = .success(try await askForMe(asked)) } catch { answer = .failure(error) }
    // What comes after a logout is thrown away, a verdict too (REVOKED-7).
    let (current, closed) = state { ($0.session, $0.closed) }
    guard let current else { throw CometChatCallException(closed ? .notInitialized : .noUserLoggedIn) }
    if case .failure(let failure as CometChatCallException) = answer, failure.errorCode.endsSession {
      await endRevoked(asked)
    }
    let fresh = try answer.get()
    // Another login came meanwhile, and the answer is not about its session.
    if current.authToken != asked.authToken { return current }
    // What cannot be stored is asked for again at the next check.
    try? await keeper.update(fresh)
    return fresh
  }

  private func askForMe(_ session: Session) async throws -> Session {
    let token = session.authToken
    let me = try await transport.send("GET", "me", .token(token), as: Me.self)
      .session(sent: token, to: transport.base)
    if !me.isOf(session.user.uid) { throw Answer.unusable() }
    return Session(user: me.user, authToken: token, jwt: me.jwt, socket: me.socket)
  }

  /// Ends the session unless it has another token by now.
  private func endRevoked(_ revoked: Session) async {
    let ends = state { state in
      guard state.session?.authToken == revoked.authToken else { return false }
      state.become(nil)
      listeners.tell(.logoutSuccess(.revoked))
      return true
    }
    // A session that stays stored gets the same verdict at its next check.
    if ends { try? await keeper.removeRevoked() }
  }
}
