import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A WebSocket of URLSession.
final class FoundationWebSocket: WebSocket {
  private let task: URLSessionWebSocketTask

  init(_ address: URL, _ configuration: URLSessionConfiguration, longest: Int) {
    var request = URLRequest(url: address)
    request.setValue(Device.userAgent, forHTTPHeaderField: "User-Agent")
    #if !canImport(Darwin)
      // That Foundation asks for keep-alive instead, which servers refuse.
      request.setValue("Upgrade", forHTTPHeaderField: "Connection")
    #endif
    let session = URLSession(configuration: configuration, delegate: Unredirected(), delegateQueue: nil)
    task = session.webSocketTask(with: request)
    task.maximumMessageSize = longest
    task.resume()
    // The task goes on; the session ends with it.
    session.finishTasksAndInvalidate()
  }

  func send(_ text: String) {
    // What becomes of it `receive` says.
    Task { try? await task.send(.string(text)) }
  }

  func receive() async throws(WebSocketEnd) -> String {
    do {
      while true {
        if case .string(let text) = try await task.receive() { return text }
      }
    } catch {
      throw end(error)
    }
  }

  func close(_ farewell: Farewell) {
    task.cancel(with: farewell.code == 1000 ? .normalClosure : .goingAway, reason: Data(farewell.reason.utf8))
  }

  func abandon() { task.cancel() }

  private func end(_ error: any Error) -> WebSocketEnd {
    if let answer = task.response as? HTTPURLResponse, answer.statusCode != 101 {
      return .refused(retryAfter: answer.value(forHTTPHeaderField: "Retry-After"))
    }
    switch task.closeCode {
    case .invalid: return .broken(error)
    #if !canImport(Darwin)
      // That Foundation has this in place of every code of a server's own. Taken for a refusal, it only makes
      // the SDK ask whether the session is still good.
      case .unsupportedData: return .closed(4401)
    #endif
    case let code: return .closed(code.rawValue)
    }
  }
}

/// A redirect would take the introduction elsewhere.
private final class Unredirected: NSObject, URLSessionTaskDelegate, Sendable {
  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }
}
