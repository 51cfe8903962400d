import Foundation
import UsherCalls

/// Writes one line at a time.
final class Output: Sendable {
  private let lock = NSLock()

  func write(_ message: [String: JSON]) {
    guard var line = try? JSONEncoder().encode(message) else { fatalError("no JSON") }
    line.append(0x0A)
    lock.withLock { FileHandle.standardOutput.write(line) }
  }
}

/// What a command came to.
enum Outcome: Sendable {
  case result(JSON)
  case failure(CometChatCallException)
  /// The driver's own fault.
  case fault(String)

  var fields: [String: JSON] {
    switch self {
    case .result(let result): ["result": result]
    case .failure(let failure): ["error": Self.error(failure)]
    case .fault(let text): ["error": .object(["code": .text("DRIVER"), "message": .text(text)])]
    }
  }

  /// The message is all the text that an app could show or log.
  static func error(_ failure: CometChatCallException) -> JSON {
    let cause = failure.userInfo[NSUnderlyingErrorKey].map { " (\($0))" } ?? ""
    let texts = [failure.errorDescription, failure.localizedDescription, "\(failure)", failure.debugDescription]
    return .object([
      "code": .text(failure.errorCode.rawValue), "message": .text(texts.joined(separator: " ") + cause),
    ])
  }

  static func user(_ user: CallsUser?) -> JSON {
    guard let user else { return .null }
    var fields: [String: JSON] = [
      "uid": .text(user.uid ?? ""), "name": .text(user.name ?? ""), "avatar": .text(user.avatar ?? ""),
      "status": .text(user.status.rawValue),
    ]
    fields["lastActiveAt"] = user.lastActiveAt.map { .number(Double($0)) }
    return .object(fields)
  }
}
