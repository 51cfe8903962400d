import Foundation

/// An open connection of a user: the server knows whose it is. `serve` must be called.
struct Line: Sendable {
  // In seconds, those of the official SDKs.
  private static let pingInterval: TimeInterval = 15
  private static let pongLimit: TimeInterval = 3
  /// How long the server may take to answer a farewell.
  private static let farewellLimit: TimeInterval = 1

  /// The close codes by which a server refuses: the JWT is not good, and the session has ended.
  private static let refusals = [4401, 4403]

  /// Why there is no connection.
  enum End: Error {
    /// The server does not take the JWT, or not any more. Whether the session has ended only the API says.
    case refused
    /// It did not come about, or broke; the server may ask to be left alone for some seconds.
    case lost(retryAfter: TimeInterval)

    fileprivate init(_ end: WebSocketEnd) {
      switch end {
      case .closed(let code) where Line.refusals.contains(code): self = .refused
      case .refused(let retryAfter): self = .lost(retryAfter: retryAfter)
      case .closed, .broken: self = .lost(retryAfter: 0)
      }
    }
  }

  private let socket: any WebSocket
  private let resource: String
  private let time: any Timekeeper

  /// Opens a connection and gives it once the server knows whose it is; throws an ``End``. The limit, in
  /// seconds, is for all of it.
  static func open(
    _ address: URL, _ hello: String, resource: String, limit: TimeInterval, _ realtime: Realtime
  ) async throws -> Line {
    let socket = realtime.sockets.open(address)
    let late = Task {
      try await realtime.time.sleep(limit)
      socket.abandon()
    }
    defer { late.cancel() }
    return try await withTaskCancellationHandler {
      socket.send(hello)
      do { try await introduced(on: socket) } catch {
        socket.abandon()
        throw error
      }
      return Line(socket: socket, resource: resource, time: realtime.time)
    } onCancel: {
      socket.abandon()
    }
  }

  private static func introduced(on socket: any WebSocket) async throws(End) {
    while true {
      let text: String
      do { text = try await socket.receive() } catch { throw End(error) }
      guard let code = Frame(text)?.verdict else { continue }
      if code == "200" { return }
      throw code.hasPrefix("4") ? .refused : .lost(retryAfter: 0)
    }
  }

  /// Keeps the connection until it ends, and says why it did. When the task is cancelled, it says goodbye and
  /// waits a second at most for the answer.
  func serve(_ farewell: @escaping @Sendable () -> Farewell, _ hear: (Presence) -> Void) async -> End {
    let pongs = Locked(0)
    let pinging = Task { await keepAlive(pongs) }
    let leaving = Locked<Task<Void, any Error>?>(nil)
    defer {
      pinging.cancel()
      leaving { $0 }?.cancel()
      socket.abandon()
    }
    return await withTaskCancellationHandler {
      await read(pongs, hear)
    } onCancel: {
      socket.close(farewell())
      let late = Task {
        try await time.sleep(Self.farewellLimit)
        socket.abandon()
      }
      leaving { $0 = late }
    }
  }

  private func read(_ pongs: Locked<Int>, _ hear: (Presence) -> Void) async -> End {
    while true {
      let text: String
      do { text = try await socket.receive() } catch { return End(error) }
      guard let frame = Frame(text) else { continue }
      if frame.isPong {
        pongs { $0 += 1 }
      } else if frame.deviceId != resource, let presence = frame.presence {
        hear(presence)
      }
    }
  }

  /// Pings until it is cancelled, or a ping is not answered.
  private func keepAlive(_ pongs: Locked<Int>) async {
    do {
      try await time.sleep(Self.pingInterval)
      while true {
        let before = pongs { $0 }
        socket.send(Frame.ping)
        try await time.sleep(Self.pongLimit)
        if pongs({ $0 }) == before { return socket.abandon() }
        try await time.sleep(Self.pingInterval - Self.pongLimit)
      }
    } catch {
      // The connection has ended otherwise.
    }
  }
}
