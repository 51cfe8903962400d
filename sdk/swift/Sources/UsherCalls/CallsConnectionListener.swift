/// How the realtime connection is.
public enum CallsConnectionStatus: String, Sendable {
  /// The server knows whose connection it is: the user is online.
  case connected
  /// There is no connection and the SDK works on one, pauses between attempts included.
  case connecting
  /// There is no connection and nobody works on one.
  case disconnected
}

/// Hears how the realtime connection is. It is called as a ``CallsLoginListener`` is.
///
/// A connection that is lost is `disconnected`, then at once `connecting`, then `connected` again.
public struct CallsConnectionListener: Sendable {
  /// The SDK begins to work on a connection. It does not hear of every attempt.
  public var connecting: (@Sendable () throws -> Void)?
  /// The user is online.
  public var connected: (@Sendable () throws -> Void)?
  /// There is no connection any more. The session stays, unless a login listener hears otherwise.
  public var disconnected: (@Sendable () throws -> Void)?

  /// Callbacks that are left out hear nothing.
  public init(
    connecting: (@Sendable () throws -> Void)? = nil,
    connected: (@Sendable () throws -> Void)? = nil,
    disconnected: (@Sendable () throws -> Void)? = nil
  ) {
    self.connecting = connecting
    self.connected = connected
    self.disconnected = disconnected
  }

  func hear(_ status: CallsConnectionStatus) throws {
    switch status {
    case .connecting: try connecting?()
    case .connected: try connected?()
    case .disconnected: try disconnected?()
    }
  }
}
