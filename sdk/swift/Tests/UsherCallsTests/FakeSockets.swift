import Foundation

@testable import UsherCalls

/// Opens sockets that a test plays the server of.
final class FakeSockets: WebSocketOpener {
  private let sockets = Locked<[FakeSocket]>([])
  private let answering: Locked<Bool>

  /// Answers every introduction well when it is said so.
  init(answering: Bool = true) { self.answering = Locked(answering) }

  var opened: [FakeSocket] { sockets { $0 } }

  /// Whether introductions are answered well from now on.
  func answer(_ answers: Bool) { answering { $0 = answers } }

  func open(_ address: URL) -> any WebSocket {
    let socket = FakeSocket(address, answers: answering { $0 })
    sockets { $0.append(socket) }
    return socket
  }

  /// Waits for the socket of a number, from 1 on.
  func socket(_ number: Int) async throws -> FakeSocket {
    try await eventually("socket \(number) is opened") { opened.count >= number }
    return opened[number - 1]
  }
}

/// One socket, and what the client did with it.
final class FakeSocket: WebSocket {
  private struct State {
    var sent: [String] = []
    var texts: [String] = []
    var end: WebSocketEnd?
    var reader: CheckedContinuation<String, any Error>?
    var farewell: Farewell?
    var isAbandoned = false
    var isDeaf = false
  }

  private struct Abandoned: Error {}

  let address: URL
  private let answers: Bool
  private let state = Locked(State())

  init(_ address: URL, answers: Bool) { (self.address, self.answers) = (address, answers) }

  var sent: [String] { state { $0.sent } }
  var farewell: Farewell? { state { $0.farewell } }
  var isAbandoned: Bool { state { $0.isAbandoned } }
  /// Whether somebody waits for a text, so that everything before was heard.
  var isAwaited: Bool { state { $0.reader != nil } }

  /// The first frame.
  var introduction: [String: Any] {
    get throws {
      let sent = Data((self.sent.first ?? "").utf8)
      return try JSONSerialization.jsonObject(with: sent) as? [String: Any] ?? [:]
    }
  }

  /// No farewell is answered any more.
  func deafen() { state { $0.isDeaf = true } }

  func say(_ text: String) {
    state { state -> CheckedContinuation<String, any Error>? in
      defer { state.reader = nil }
      if state.reader == nil { state.texts.append(text) }
      return state.reader
    }?.resume(returning: text)
  }

  func end(_ end: WebSocketEnd) {
    state { state -> CheckedContinuation<String, any Error>? in
      defer { state.reader = nil }
      state.end = state.end ?? end
      return state.reader
    }?.resume(throwing: end)
  }

  func send(_ text: String) {
    let isFirst = state { state in
      state.sent.append(text)
      return state.sent.count == 1
    }
    if isFirst && answers { say(#"{"type": "auth", "body": {"code": "200", "status": "OK"}}"#) }
  }

  func receive() async throws(WebSocketEnd) -> String {
    do {
      return try await withCheckedThrowingContinuation { continuation in
        let now = state { state -> Result<String, any Error>? in
          if !state.texts.isEmpty { return .success(state.texts.removeFirst()) }
          if let end = state.end { return .failure(end) }
          state.reader = continuation
          return nil
        }
        if let now { continuation.resume(with: now) }
      }
    } catch {
      throw error as? WebSocketEnd ?? .broken(error)
    }
  }

  func close(_ farewell: Farewell) {
    let isDeaf = state { state in
      state.farewell = farewell
      return state.isDeaf
    }
    if !isDeaf { end(.closed(farewell.code)) }
  }

  func abandon() {
    state { $0.isAbandoned = true }
    end(.broken(Abandoned()))
  }
}
