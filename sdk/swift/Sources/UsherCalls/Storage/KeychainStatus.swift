/// What the numbers that the Keychain answers with mean, apart from the Keychain so that it can be tested
/// anywhere.
enum KeychainStatus {
  static let success: Int32 = 0
  /// errSecItemNotFound
  static let notFound: Int32 = -25300
  /// errSecDuplicateItem
  static let duplicate: Int32 = -25299

  /// A number that means neither success nor what was expected. Such as errSecInteractionNotAllowed
  /// (-25308), before the first unlock: whether there is a session is then unknown, not "none".
  struct Failure: Error, CustomStringConvertible {
    let status: Int32
    var description: String { "the Keychain answered \(status)" }
  }

  /// Whether something was found.
  static func found(_ status: Int32) throws -> Bool {
    switch status {
    case success: return true
    case notFound: return false
    default: throw Failure(status: status)
    }
  }

  /// Whether something was added, and not there already.
  static func added(_ status: Int32) throws -> Bool {
    switch status {
    case success: return true
    case duplicate: return false
    default: throw Failure(status: status)
    }
  }
}
