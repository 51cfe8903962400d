import Foundation

/// A user: the one who is logged in, or another one who comes or goes. What the server did not give is nil.
#if canImport(ObjectiveC)
  @objcMembers
#endif
public final class CallsUser: NSObject, Sendable {
  /// The user's id: 1 to 100 letters, digits, `-` and `_`, in lower case. It is there on every user that
  /// the SDK gives; the documents have it optional.
  public let uid: String?
  /// The display name, at most 100 characters.
  public let name: String?
  /// The URL of a picture, at most 3000 characters.
  public let avatar: String?
  /// Whether the user was connected when the server answered. It does not follow later changes.
  public let status: UserStatus
  /// ``status`` as a text, for Objective-C.
  public var statusText: String { status.rawValue }
  /// When the user came online or went offline last, in seconds since 1970 by the server's clock. It is for
  /// Swift alone.
  public let lastActiveAt: Int?

  init(_ user: UserRecord) {
    uid = user.uid
    name = user.name
    avatar = user.avatar
    status = UserStatus(rawValue: user.status ?? "")
    lastActiveAt = user.lastActiveAt
  }

  /// Two users are equal when all their fields are.
  public override func isEqual(_ object: Any?) -> Bool {
    guard let other = object as? CallsUser else { return false }
    return uid == other.uid && name == other.name && avatar == other.avatar && status == other.status
      && lastActiveAt == other.lastActiveAt
  }

  public override var hash: Int { uid.hashValue }

  public override var description: String { "CallsUser(\(uid ?? ""), \(statusText))" }
}

/// Whether a user is connected.
public enum UserStatus: RawRepresentable, Hashable, Sendable {
  case online
  case offline
  /// A word that this version of the SDK does not know, as the server has it; empty when it gave none.
  case other(String)

  /// The server says `available` where every SDK says `online`.
  public init(rawValue: String) {
    switch rawValue {
    case "online", "available": self = .online
    case "offline": self = .offline
    default: self = .other(rawValue)
    }
  }

  /// The word of the SDKs.
  public var rawValue: String {
    switch self {
    case .online: "online"
    case .offline: "offline"
    case .other(let word): word
    }
  }
}
