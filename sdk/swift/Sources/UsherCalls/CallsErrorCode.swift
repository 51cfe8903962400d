/// A stable error code. Decide by it, never by a text.
///
/// The type is open: a code that this version of the SDK has no constant for reaches you as the server
/// sent it.
public struct CallsErrorCode: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// The code as it is on the wire and in the documents, such as `ERROR_INVALID_UID`.
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  public init(stringLiteral value: String) { self.init(rawValue: value) }

  /// The code itself.
  public var description: String { rawValue }

  /// Whether the code is the server's word that an auth token is dead: revoked, deleted or expired, or
  /// its user is gone. No other code ends a session, least of all one of the network.
  public var endsSession: Bool { Self.verdicts.contains(self) }
}
