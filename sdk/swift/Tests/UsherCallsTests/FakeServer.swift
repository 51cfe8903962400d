import Foundation

@testable import UsherCalls

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Answers the requests of one test, without a network. Each has a host name of its own.
final class FakeServer: Sendable {
  struct Answer: Sendable {
    var status = 200
    var body: String
  }

  private static let servers = Locked<[String: FakeServer]>([:])

  /// Gives nil for a request that is never answered.
  typealias Answering = @Sendable (URLRequest) -> Answer?

  let host = "fake-\(UUID().uuidString.lowercased())"
  private let answering: Locked<Answering>
  private let log = Locked<[String]>([])

  init(_ answering: @escaping Answering = FakeServer.well) {
    self.answering = Locked(answering)
    Self.servers { $0[host] = self }
  }

  /// Answers as the server does to ann.
  static let well: Answering = { request in
    switch request.httpMethod {
    case "POST": Answer(body: #"{"data": {"uid": "ann", "authToken": "ann_1"}}"#)
    case "DELETE": Answer(body: #"{"data": {"message": "Goodbye."}}"#)
    default: Answer(body: #"{"data": {"uid": "ann", "name": "Ann", "status": "available"}}"#)
    }
  }

  func answer(_ answering: @escaping Answering) { self.answering { $0 = answering } }

  /// The methods and paths so far.
  var requests: [String] { log { $0 } }

  /// Settings for a client of this server that has no connection.
  func settings(_ storage: any CallsStorage = MemoryStorage()) -> CallAppSettings {
    builder(storage).autoEstablishSocketConnection(false).build()
  }

  func builder(_ storage: any CallsStorage, scheme: String = "http") -> CallAppSettingsBuilder {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.protocolClasses = [Requests.self]
    return CallAppSettingsBuilder().setAppId("app-1").setHost("\(scheme)://\(host)").setStorage(storage)
      .setURLSessionConfiguration(configuration)
  }

  final class Requests: URLProtocol {
    override class func canInit(with request: URLRequest) -> Bool { true }
    override class func canonicalRequest(for request: URLRequest) -> URLRequest { request }
    override func stopLoading() {}

    override func startLoading() {
      guard let url = request.url, let server = FakeServer.servers({ $0[url.host ?? ""] }) else { return }
      server.log { $0.append("\(request.httpMethod ?? "") \(url.path)") }
      guard let answer = server.answering({ $0 })(request),
        let response = HTTPURLResponse(url: url, statusCode: answer.status, httpVersion: nil, headerFields: nil)
      else { return }
      client?.urlProtocol(self, didReceive: response, cacheStoragePolicy: .notAllowed)
      client?.urlProtocol(self, didLoad: Data(answer.body.utf8))
      client?.urlProtocolDidFinishLoading(self)
    }
  }
}

extension Client {
  /// Logs ann in by key.
  func logInByKey() async -> Settlement<CallsUser>.Outcome {
    await login(Attempt(.key(uid: "ann", apiKey: "key"))).outcome
  }
}

extension Result where Failure == CometChatCallException {
  /// The code of a failure.
  var code: String? {
    if case .failure(let failure) = self { return failure.errorCode.rawValue }
    return nil
  }
}
