extension Client {
  /// Ends the session: in memory before this returns, then in the storage and on the server. Gives the
  /// server's message.
  func logout() -> Settlement<String> {
    follow()
    switch end() {
    case .failure(let failure): return Settlement(.failure(failure))
    case .success(let ended):
      let settlement = Settlement<String>()
      Task { settlement.settle(await signOut(ended)) }
      return settlement
    }
  }

  private func end() -> Result<Session, CometChatCallException> {
    state { state in
      if state.closed { return .failure(CometChatCallException(.notInitialized)) }
      discardAttempt(&state)
      guard let ended = state.session else {
        let failure = CometChatCallException(.noUserLoggedIn)
        listeners.tell(.logoutFailure(failure))
        return .failure(failure)
      }
      state.become(nil)
      state.busy = ended.authToken
      listeners.tell(.logoutSuccess(.userInitiated))
      return .success(ended)
    }
  }

  private func signOut(_ ended: Session) async -> Settlement<String>.Outcome {
    let (noted, removed) = await keeper.forget(ended)
    let message: String?
    do { message = try await revoker.signOut(ended.authToken) } catch { message = nil }
    state { if $0.busy == ended.authToken { $0.busy = nil } }
    // Without either, nobody would remember that the token is to be revoked.
    let failed = removed.failure ?? (message == nil ? noted.failure : nil)
    if message != nil && failed == nil {
      await keeper.forgetRevocation(ended.authToken)
      Task { await revoker.retry() }
    }
    guard let failed else { return .success(message ?? "Logged out.") }
    let failure = failed as? CometChatCallException ?? CometChatCallException(.storageFailed, cause: failed)
    state { if !$0.closed { listeners.tell(.logoutFailure(failure)) } }
    return .failure(failure)
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let failure) = self { return failure }
    return nil
  }
}
