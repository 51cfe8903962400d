/// Hears of other users who come and go, as far as the settings subscribe to their presence; see
/// ``CallAppSettingsBuilder/subscribePresenceForAllUsers()``. It is called as a ``CallsLoginListener`` is.
///
/// The user's ``CallsUser/status`` says what happened, ``CallsUser/lastActiveAt`` when. The devices of the
/// user who is logged in come and go unheard.
public struct CallsUserListener: Sendable {
  /// The first connection of a user opened.
  public var onUserOnline: (@Sendable (CallsUser) throws -> Void)?
  /// The last connection of a user ended.
  public var onUserOffline: (@Sendable (CallsUser) throws -> Void)?

  /// Callbacks that are left out hear nothing.
  public init(
    onUserOnline: (@Sendable (CallsUser) throws -> Void)? = nil,
    onUserOffline: (@Sendable (CallsUser) throws -> Void)? = nil
  ) {
    self.onUserOnline = onUserOnline
    self.onUserOffline = onUserOffline
  }
}
