import Foundation

/// Who hears of what. They outlive the clients that ``CometChatCalls`` is initialised with.
struct Audiences: Sendable {
  let logins = Listeners<CallsLoginListener>()
  let connections = Listeners<CallsConnectionListener>()
  let users = Listeners<CallsUserListener>()
}

/// Listeners of one kind by id.
final class Listeners<Listener: Sendable>: Sendable {
  typealias News = @Sendable (Listener) throws -> Void

  private let audiences = Locked<[String: Audience<Listener>]>([:])

  var isEmpty: Bool { audiences { $0.isEmpty } }

  func add(_ id: String, _ listener: Listener) {
    audiences { $0.updateValue(Audience(listener), forKey: id)?.leave() }
  }

  func remove(_ id: String) {
    audiences { $0.removeValue(forKey: id)?.leave() }
  }

  /// Never waits. Whoever changes the state calls it while it is locked, so that the order is that of the
  /// changes.
  func tell(_ news: @escaping News) {
    audiences { for audience in $0.values { audience.tell(news) } }
  }
}

/// One listener and the queue on which it hears. A thread and not a task: one that never returns must not
/// take one of the few threads of all tasks.
private final class Audience<Listener: Sendable>: Sendable {
  private let listener: Listener
  private let queue = DispatchQueue(label: "UsherCalls.listener")
  private let left = Locked(false)

  init(_ listener: Listener) { self.listener = listener }

  func tell(_ news: @escaping Listeners<Listener>.News) {
    queue.async { [self] in
      if left({ $0 }) { return }
      // What a listener throws is its own affair.
      try? news(listener)
    }
  }

  /// Nothing more is heard, what waits included.
  func leave() { left { $0 = true } }
}

/// What login listeners are told; the state is settled by then.
enum SessionEvent: Sendable {
  case loginSuccess(Session)
  case loginFailure(CometChatCallException)
  case logoutSuccess(CallsLoginListener.LogoutReason)
  case logoutFailure(CometChatCallException)
}

extension Listeners where Listener == CallsLoginListener {
  func tell(_ event: SessionEvent) {
    tell { listener in
      switch event {
      case .loginSuccess(let session): try listener.onLoginSuccess?(CallsUser(session.user))
      case .loginFailure(let failure): try listener.onLoginFailure?(failure)
      case .logoutSuccess(let reason): try listener.onLogoutSuccess?(reason)
      case .logoutFailure(let failure): try listener.onLogoutFailure?(failure)
      }
    }
  }
}
