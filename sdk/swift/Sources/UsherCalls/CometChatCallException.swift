import Foundation

/// What every method of ``CometChatCalls`` fails with. No text of it holds an API key or an auth token.
public final class CometChatCallException: NSError, @unchecked Sendable {
  /// Says what went wrong: one of the SDK's `ERROR_…`, or the server's code as it came.
  public let errorCode: CallsErrorCode

  /// For people; it may change.
  #if canImport(ObjectiveC)
    @objc
  #endif
  public let errorDescription: String

  /// Where such errors come from, for `NSError.domain`.
  public static let domain = "UsherCalls"

  /// Without a description the code's own text is taken.
  init(_ code: CallsErrorCode, _ description: String? = nil, cause: (any Error)? = nil) {
    errorCode = code
    errorDescription = description ?? CallsErrorCode.messages[code] ?? code.rawValue
    var information: [String: Any] = [NSLocalizedDescriptionKey: errorDescription]
    if let cause { information[NSUnderlyingErrorKey] = cause }
    super.init(domain: Self.domain, code: 0, userInfo: information)
  }

  /// Archives of errors are not read.
  @available(*, unavailable)
  public required init?(coder: NSCoder) { nil }

  /// The code and the text.
  public override var description: String { "\(errorCode): \(errorDescription)" }
}

#if canImport(ObjectiveC)
  extension CometChatCallException {
    /// ``errorCode`` for Objective-C.
    @objc(errorCode) public var errorCodeText: String { errorCode.rawValue }
  }
#endif
