#if canImport(Glibc) || canImport(Musl)
  import Foundation

  /// A WebSocket without TLS on a socket of the system (RFC 6455). Reading and writing wait on threads of their
  /// own, until the connection ends or `abandon` ends it.
  final class PlainWebSocket: WebSocket {
    private struct State {
      var stream: TCPStream?
      /// Why it ended; the first reason is the one that is told.
      var end: WebSocketEnd?
      var hasSaidGoodbye = false
      /// Who waits for a text.
      var turn: Turn?
    }

    private struct Abandoned: Error {}
    private struct BrokenOff: Error {}

    private let upgrade: Upgrade
    private let state = Locked(State())
    private let reading = DispatchQueue(label: "UsherCalls.reading")
    /// It does nothing before the socket is open, or has failed to.
    private let writing = DispatchQueue(label: "UsherCalls.writing", attributes: .initiallyInactive)
    private let incoming: Incoming

    /// The longest text is in bytes.
    init(_ upgrade: Upgrade, longest: Int) {
      self.upgrade = upgrade
      incoming = Incoming(longest: longest)
      reading.async { [self] in
        do { try open() } catch { fail(error) }
        writing.activate()
      }
    }

    func send(_ text: String) {
      writing.async { [self] in write(WireFrame(kind: .text, payload: Array(text.utf8))) }
    }

    func close(_ farewell: Farewell) {
      writing.async { [self] in sayGoodbye(.close(farewell.code, farewell.reason)) }
    }

    func abandon() { fail(Abandoned()) }

    func receive() async throws(WebSocketEnd) -> String {
      do {
        return try await withCheckedThrowingContinuation { continuation in
          let turn = Turn(continuation)
          let end = state { state in
            state.turn = turn
            return state.end
          }
          if let end { return turn.end(.failure(end)) }
          reading.async { [self] in
            do { turn.end(.success(try nextText())) } catch { fail(error) }
          }
        }
      } catch {
        throw error as? WebSocketEnd ?? .broken(error)
      }
    }

    private func fail(_ error: any Error) {
      let (stream, turn, end) = state { state in
        let end = state.end ?? error as? WebSocketEnd ?? .broken(error)
        state.end = end
        return (state.stream, state.turn, end)
      }
      stream?.shutDown()
      turn?.end(.failure(end))
    }

    private func open() throws {
      let stream = try TCPStream.connect(upgrade.host, upgrade.port) { tried in
        let end = state { state in
          state.stream = tried
          return state.end
        }
        if let end { throw end }
      }
      try stream.write(upgrade.request)
      while try !upgrade.isAnswered(by: &incoming.bytes) { incoming.bytes += try more() }
    }

    private func nextText() throws -> String {
      while true {
        if let end = state({ $0.end }) { throw end }
        guard let frame = try incoming.frame() else {
          incoming.bytes += try more()
          continue
        }
        switch frame.kind {
        case .close:
          // Whoever hears of the end must not break the connection before the answer.
          writing.sync { sayGoodbye(WireFrame(kind: .close, payload: Array(frame.payload.prefix(2)))) }
          throw WebSocketEnd.closed(frame.closeCode)
        case .ping: writing.sync { write(WireFrame(kind: .pong, payload: frame.payload)) }
        default: if let text = try incoming.text.add(frame) { return text }
        }
      }
    }

    private func more() throws -> [UInt8] {
      let bytes = try state({ $0.stream })?.read() ?? []
      if bytes.isEmpty { throw BrokenOff() }
      return bytes
    }

    private func sayGoodbye(_ frame: WireFrame) {
      let isFirst = state { state in
        defer { state.hasSaidGoodbye = true }
        return !state.hasSaidGoodbye
      }
      if isFirst { write(frame) }
    }

    /// Only `writing` does.
    private func write(_ frame: WireFrame) {
      guard let stream = state({ $0.end == nil ? $0.stream : nil }) else { return }
      do { try stream.write(frame.bytes(mask: WireFrame.random(4))) } catch { fail(error) }
    }
  }

  /// What was read and not used yet. Only the thread that reads looks at it.
  private final class Incoming: @unchecked Sendable {
    private let longest: Int
    var bytes: [UInt8] = []
    var text: WireText

    init(longest: Int) {
      self.longest = longest
      text = WireText(longest: longest)
    }

    func frame() throws -> WireFrame? { try WireFrame.take(from: &bytes, longest: longest) }
  }

  /// Somebody who waits for a text. It ends once.
  private final class Turn: Sendable {
    private let continuation: Locked<CheckedContinuation<String, any Error>?>

    init(_ continuation: CheckedContinuation<String, any Error>) { self.continuation = Locked(continuation) }

    func end(_ text: Result<String, any Error>) {
      let waiting = continuation { continuation in
        defer { continuation = nil }
        return continuation
      }
      waiting?.resume(with: text)
    }
  }
#endif
