/// Hears of logins and logouts.
///
/// A listener may call every method of the SDK. The state is settled when it runs, and it hears the
/// events in their order. It runs on a queue of its own: one that never returns holds up nobody else, and
/// what touches views has to go to the main actor itself. One that throws disturbs nobody.
public struct CallsLoginListener: Sendable {
  /// Why nobody is logged in any more.
  public enum LogoutReason: String, Sendable {
    /// `logout` was called.
    case userInitiated
    /// The server ended the session.
    case revoked
    /// Another process that shares the storage logged out.
    case elsewhere
  }

  /// Somebody is in: after a login here, one without a request included, or in another process.
  public var onLoginSuccess: (@Sendable (CallsUser) throws -> Void)?
  /// A login failed, for refused arguments too.
  public var onLoginFailure: (@Sendable (CometChatCallException) throws -> Void)?
  /// Nobody is in any more. A switch from one user to another is none.
  public var onLogoutSuccess: (@Sendable (LogoutReason) throws -> Void)?
  /// A logout failed.
  public var onLogoutFailure: (@Sendable (CometChatCallException) throws -> Void)?

  /// Callbacks that are left out hear nothing.
  public init(
    onLoginSuccess: (@Sendable (CallsUser) throws -> Void)? = nil,
    onLoginFailure: (@Sendable (CometChatCallException) throws -> Void)? = nil,
    onLogoutSuccess: (@Sendable (LogoutReason) throws -> Void)? = nil,
    onLogoutFailure: (@Sendable (CometChatCallException) throws -> Void)? = nil
  ) {
    self.onLoginSuccess = onLoginSuccess
    self.onLoginFailure = onLoginFailure
    self.onLogoutSuccess = onLogoutSuccess
    self.onLogoutFailure = onLogoutFailure
  }
}
