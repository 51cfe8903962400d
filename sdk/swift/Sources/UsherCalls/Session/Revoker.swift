/// Asks the server to end the tokens of the list of pending revocations, beside whatever the app does
/// (spec/session.md, How a logout is done).
actor Revoker {
  private let space: Space
  private let state: Locked<ClientState>
  private let keeper: Keeper
  private let transport: Transport
  private var isWorking = false
  /// Whether it was asked to work while it did.
  private var again = false

  init(_ space: Space, _ state: Locked<ClientState>, _ keeper: Keeper, _ transport: Transport) {
    (self.space, self.state, self.keeper, self.transport) = (space, state, keeper, transport)
  }

  /// Sees to it that a token that nobody uses any more ends on the server: at once if it can be reached,
  /// else later.
  func revoke(_ token: String) async {
    if isWanted(token) { return }
    do { try await keeper.noteRevocation(token) } catch { state { $0.unsaved.append(token) } }
    await retry()
  }

  /// Asks for one token after the other, each once, until the server is out of reach or the list is done.
  func retry() async {
    if isWorking {
      again = true
      return
    }
    isWorking = true
    defer { isWorking = false }
    repeat {
      again = false
      guard await workOff() else { return }
    } while again
  }

  /// False when the server is out of reach.
  private func workOff() async -> Bool {
    var tried: Set<String> = []
    while let token = next(tried) {
      tried.insert(token)
      do {
        _ = try await signOut(token)
        await keeper.forgetRevocation(token)
      } catch let failure as CometChatCallException where failure.errorCode == .notReached {
        return false
      } catch {
        // Any other answer keeps the token on the list.
      }
    }
    return true
  }

  private func next(_ tried: Set<String>) -> String? {
    let waiting = (try? space.loadRevocations()) ?? []
    let (unsaved, busy) = state { ($0.unsaved, $0.busy) }
    return (waiting + unsaved).first { !tried.contains($0) && $0 != busy && !isWanted($0) }
  }

  /// Whether a token is the session's, or that of a login that is running.
  private func isWanted(_ token: String) -> Bool {
    state { state in
      if case .token(token) = state.attempt?.wanted { return true }
      return state.session?.authToken == token
    }
  }

  /// Asks the server to end a token, and gives its message. That it does not know the token is fine.
  nonisolated func signOut(_ token: String) async throws -> String {
    struct SignedOut: Decodable, Sendable {
      let message: String?
    }
    let silent = "Logged out."
    do {
      return try await transport.send("DELETE", "me", .token(token), as: SignedOut.self).message ?? silent
    } catch let failure as CometChatCallException where failure.errorCode.endsSession {
      return silent
    }
  }
}
