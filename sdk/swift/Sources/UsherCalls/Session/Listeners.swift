import Foundation

/// What listeners are told; the state is settled by then.
enum SessionEvent: Sendable {
  case loginSuccess(Session)
  case loginFailure(CometChatCallException)
  case logoutSuccess(CallsLoginListener.LogoutReason)
  case logoutFailure(CometChatCallException)
}

/// Listeners by id. They outlive the clients that ``CometChatCalls`` is initialised with.
final class Listeners: Sendable {
  private let audiences = Locked<[String: Audience]>([:])

  var isEmpty: Bool { audiences { $0.isEmpty } }

  func add(_ id: String, _ listener: CallsLoginListener) {
    audiences { $0.updateValue(Audience(listener), forKey: id)?.leave() }
  }

  func remove(_ id: String) {
    audiences { $0.removeValue(forKey: id)?.leave() }
  }

  /// Never waits. Whoever changes the state calls it while it is locked, so that the order is that of the
  /// changes.
  func tell(_ event: SessionEvent) {
    audiences { for audience in $0.values { audience.tell(event) } }
  }
}

/// One listener and the queue on which it hears. A thread and not a task: one that never returns must not
/// take one of the few threads of all tasks.
private final class Audience: Sendable {
  private let listener: CallsLoginListener
  private let queue = DispatchQueue(label: "UsherCalls.listener")
  private let left = Locked(false)

  init(_ listener: CallsLoginListener) { self.listener = listener }

  func tell(_ event: SessionEvent) {
    queue.async { [self] in
      if left({ $0 }) { return }
      // What a listener throws is its own affair.
      try? hear(event)
    }
  }

  /// Nothing more is heard, what waits included.
  func leave() { left { $0 = true } }

  private func hear(_ event: SessionEvent) throws {
    switch event {
    case .loginSuccess(let session): try listener.onLoginSuccess?(CallsUser(session.user))
    case .loginFailure(let failure): try listener.onLoginFailure?(failure)
    case .logoutSuccess(let reason): try listener.onLogoutSuccess?(reason)
    case .logoutFailure(let failure): try listener.onLogoutFailure?(failure)
    }
  }
}
