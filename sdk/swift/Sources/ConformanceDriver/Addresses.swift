import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Reports where requests would go and answers them as a server would answer a good login of ann.
final class Addresses: URLProtocol {
  static let client = Guarded("")

  private static let answer = #"{"data": {"uid": "ann", "name": "Ann", "authToken": "ann_1", "message": "Goodbye."}}"#

  override class func canInit(with request: URLRequest) -> Bool { true }
  override class func canonicalRequest(for request: URLRequest) -> URLRequest { request }
  override func stopLoading() {}

  override func startLoading() {
    guard let url = request.url,
      let response = HTTPURLResponse(
        url: url, statusCode: 200, httpVersion: "HTTP/1.1", headerFields: ["Content-Type": "application/json"])
    else { return }
    output.write([
      "event": .text("url"), "client": .text(Self.client { $0 }),
      "value": .text("\(request.httpMethod ?? "") \(url.absoluteString)"),
    ])
    client?.urlProtocol(self, didReceive: response, cacheStoragePolicy: .notAllowed)
    client?.urlProtocol(self, didLoad: Data(Self.answer.utf8))
    client?.urlProtocolDidFinishLoading(self)
  }
}
