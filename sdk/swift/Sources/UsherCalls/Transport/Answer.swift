import Foundation

/// Reads an answer's envelope: `{"data": …}` or `{"error": …}`. What cannot be used is never quoted: it
/// may hold a token.
enum Answer {
  static func data<Content: Decodable>(_ status: Int, _ body: Data, as type: Content.Type) throws -> Content {
    // A refusal with a code wins over its status, and over data beside it (ERROR-5).
    guard let refused = try? JSONDecoder().decode(Refused.self, from: body) else { throw unusable() }
    if let refusal = refused.error {
      if refusal.code.isEmpty { throw unusable() }
      throw CometChatCallException(CallsErrorCode(rawValue: refusal.code), refusal.message)
    }
    guard (200..<300).contains(status), let content = try? JSONDecoder().decode(Given<Content>.self, from: body)
    else { throw unusable() }
    return content.data
  }

  static func unusable() -> CometChatCallException { CometChatCallException(.unusableAnswer) }

  private struct Given<Content: Decodable>: Decodable {
    let data: Content
  }

  private struct Refused: Decodable {
    let error: Refusal?
  }

  private struct Refusal: Decodable {
    let code: String
    let message: String?

    private enum CodingKeys: CodingKey { case code, message }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      code = try fields.decode(String.self, forKey: .code)
      // A message of another shape is left out: the code is worth more than it is.
      message = try? fields.decode(String.self, forKey: .message)
    }
  }
}
