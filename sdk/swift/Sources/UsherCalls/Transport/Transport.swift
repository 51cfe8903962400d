import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The version of this SDK.
let version = "0.1.0"

/// Sends requests to one app of one server.
final class Transport: Sendable {
  /// The credential of a request says which host it goes to.
  enum Credential: Sendable {
    case key(String)
    case token(String)
  }

  private let appId: String
  private let bases: Bases
  /// The time limit of one request, in seconds.
  let limit: TimeInterval
  private let exchanges: Exchanges
  /// Names this run of the program to the server, in the form that the official SDKs use.
  let resource = Device.uniqueName(
    "\(Device.platform)-\(version.replacingOccurrences(of: ".", with: "_"))", "-")

  init(_ settings: CallAppSettings.Values, _ bases: Bases) {
    appId = settings.appId
    self.bases = bases
    limit = settings.timeout
    exchanges = Exchanges(settings.configuration)
  }

  /// The URL of the API for whoever has a token.
  var base: String { bases.token }

  /// Sends a request and gives the answer's data. It settles within the time limit. The path has no
  /// characters that would need escaping: what it is made of was checked.
  func send<Content: Decodable>(
    _ method: String, _ path: String, _ credential: Credential, body: (any Encodable & Sendable)? = nil,
    as type: Content.Type
  ) async throws -> Content {
    let secret: String
    let base: String
    let header: String
    switch credential {
    case .key(let key): (secret, base, header) = (key, bases.key, "apiKey")
    case .token(let token): (secret, base, header) = (token, bases.token, "authToken")
    }
    guard let url = URL(string: "\(base)/\(path)") else { throw Answer.unusable() }
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.setValue("application/json", forHTTPHeaderField: "Accept")
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.setValue(Device.userAgent, forHTTPHeaderField: "User-Agent")
    request.setValue("swift@\(version)", forHTTPHeaderField: "sdk")
    request.setValue(appId, forHTTPHeaderField: "appId")
    request.setValue(resource, forHTTPHeaderField: "resource")
    request.setValue(secret, forHTTPHeaderField: header)
    if let body { request.httpBody = try JSONEncoder().encode(body) }
    do {
      let (status, content) = try await exchanges.perform(request, limit: limit)
      return try Answer.data(status, content, as: type)
    } catch let failure as CometChatCallException {
      throw Self.hide(secret, in: failure)
    } catch {
      throw CometChatCallException(.notReached, cause: error)
    }
  }

  /// Gives up whatever is on its way; from now on nothing is sent.
  func close() { exchanges.close() }

  /// Servers like to quote what they refuse.
  private static func hide(_ secret: String, in failure: CometChatCallException) -> CometChatCallException {
    let code = failure.errorCode.rawValue
    if !code.contains(secret) && !failure.errorDescription.contains(secret) { return failure }
    return CometChatCallException(
      CallsErrorCode(rawValue: code.replacingOccurrences(of: secret, with: "[hidden]")),
      failure.errorDescription.replacingOccurrences(of: secret, with: "[hidden]"))
  }
}
