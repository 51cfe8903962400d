import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Requests that are on their way. Each has one time limit for all of it, the body of the answer included,
/// which URLSession has not.
final class Exchanges: NSObject, URLSessionDataDelegate, Sendable {
  /// The longest answer that is read, in bytes.
  private static let longestAnswer = 1 << 20

  private struct Exchange {
    let continuation: CheckedContinuation<(status: Int, body: Data), any Error>
    let task: URLSessionDataTask
    let timer: Task<Void, Never>
    var body = Data()
  }

  private struct State {
    var session: URLSession?
    var exchanges: [Int: Exchange] = [:]
  }

  private let state = Locked(State())

  init(_ configuration: URLSessionConfiguration?) {
    super.init()
    let session = URLSession(configuration: Self.configuration(configuration), delegate: self, delegateQueue: nil)
    state { $0.session = session }
  }

  /// One that keeps no cookies and caches, made of the app's own, if it has one.
  static func configuration(_ own: URLSessionConfiguration?) -> URLSessionConfiguration {
    let configuration = own?.copy() as? URLSessionConfiguration ?? .ephemeral
    configuration.httpShouldSetCookies = false
    configuration.httpCookieAcceptPolicy = .never
    configuration.httpCookieStorage = nil
    configuration.urlCache = nil
    configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
    return configuration
  }

  /// Throws a URLError, or that the answer is unusable because it is too long.
  func perform(_ request: URLRequest, limit: TimeInterval) async throws -> (status: Int, body: Data) {
    try await withCheckedThrowingContinuation { continuation in
      let task = state { state -> URLSessionDataTask? in
        guard let task = state.session?.dataTask(with: request) else { return nil }
        let id = task.taskIdentifier
        let timer = Task { [weak self] in
          // It ends early when the exchange does.
          guard (try? await Task.sleep(nanoseconds: UInt64(limit * 1e9))) != nil else { return }
          self?.finish(id, .failure(URLError(.timedOut)))
        }
        state.exchanges[id] = Exchange(continuation: continuation, task: task, timer: timer)
        return task
      }
      if let task { task.resume() } else { continuation.resume(throwing: URLError(.cancelled)) }
    }
  }

  func close() {
    let (session, ids) = state { state in
      defer { state.session = nil }
      return (state.session, Array(state.exchanges.keys))
    }
    for id in ids { finish(id, .failure(URLError(.cancelled))) }
    session?.finishTasksAndInvalidate()
  }

  private func finish(_ id: Int, _ result: Result<Int, any Error>) {
    guard let exchange = state({ $0.exchanges.removeValue(forKey: id) }) else { return }
    exchange.timer.cancel()
    exchange.task.cancel()
    exchange.continuation.resume(with: result.map { ($0, exchange.body) })
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let id = dataTask.taskIdentifier
    let length = state { state -> Int in
      state.exchanges[id]?.body.append(data)
      return state.exchanges[id]?.body.count ?? 0
    }
    if length > Self.longestAnswer { finish(id, .failure(Answer.unusable())) }
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    if let error {
      finish(task.taskIdentifier, .failure(error))
    } else if let response = task.response as? HTTPURLResponse {
      finish(task.taskIdentifier, .success(response.statusCode))
    } else {
      finish(task.taskIdentifier, .failure(URLError(.badServerResponse)))
    }
  }

  /// The credentials are in headers that would go along to whatever host a redirect names.
  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }
}
