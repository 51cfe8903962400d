/// What is wrong with arguments before anything is sent. White space is Unicode's property White_Space;
/// nothing is trimmed (spec/session.md, Order of checks).
enum Checks {
  /// In characters; all allowed ones are one byte long.
  private static let longestUID = 100
  /// Far above what any server hands out, and far below what headers may hold; in characters.
  private static let longestCredential = 1024
  private static let longestDeviceID = 255

  static func uid(_ uid: String) -> CallsErrorCode? {
    let scalars = uid.unicodeScalars
    if scalars.isEmpty { return .invalidUID }
    if scalars.contains(where: \.properties.isWhitespace) { return .uidWithSpace }
    let fits = scalars.count <= longestUID && scalars.allSatisfy { isLetterOrDigit($0) || $0 == "-" || $0 == "_" }
    return fits ? nil : .invalidUID
  }

  static func apiKey(_ key: String) -> CallsErrorCode? { isCredential(key) ? nil : .apiKeyNotFound }

  static func authToken(_ token: String) -> CallsErrorCode? {
    if token.unicodeScalars.isEmpty { return .blankAuthToken }
    if token.unicodeScalars.contains(where: isSpaceOrControl) { return .authTokenWithSpace }
    return isCredential(token) ? nil : .unknownAuthToken
  }

  /// What an HTTP header carries unchanged everywhere.
  static func isCredential(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    return !scalars.isEmpty && scalars.count <= longestCredential && scalars.allSatisfy { $0 > " " && $0 <= "~" }
  }

  static func isDeviceID(_ text: String) -> Bool { isCredential(text) && text.utf8.count <= longestDeviceID }

  static func isAppID(_ text: String) -> Bool {
    !text.isEmpty && !text.unicodeScalars.contains(where: isSpaceOrControl)
  }

  /// Whether a text may stand in one label of a host name.
  static func isLabel(_ text: String) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy { isLetterOrDigit($0) || $0 == "-" }
  }

  static func isSpaceOrControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
  }

  private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9": true
    default: false
    }
  }
}
