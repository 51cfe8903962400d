#if canImport(Glibc)
  import Foundation
  import FoundationNetworking
  import Testing

  @testable import UsherCalls

  /// The WebSockets of Linux on real connections: the package's own, and URLSession's, which is the one that
  /// Apple's platforms use.
  @Suite(.timeLimit(.minutes(1)))
  struct WebSocketTests {
    enum Kind: CaseIterable {
      case own, foundation

      func open(_ address: URL) throws -> any WebSocket {
        switch self {
        case .own: PlainWebSocket(try #require(Upgrade(address)), longest: 1 << 20)
        case .foundation: FoundationWebSocket(address, .ephemeral, longest: 1 << 20)
        }
      }
    }

    @Test(arguments: Kind.allCases)
    func textsGoBothWays(_ kind: Kind) async throws {
      let server = try RawServer { connection in
        try connection.open()
        try connection.say(try connection.heard())
        connection.ended()
      }
      let socket = try kind.open(server.address)
      defer { socket.abandon() }
      socket.send("grüß dich")
      #expect(try await socket.receive() == "grüß dich")
    }

    @Test(arguments: Kind.allCases)
    func aFarewellIsAnswered(_ kind: Kind) async throws {
      let farewells = Locked<[WireFrame]>([])
      let server = try RawServer { connection in
        try connection.open()
        try connection.say(try connection.heard())
        let farewell = try connection.heard()
        farewells { $0.append(farewell) }
        try connection.say(farewell)
        connection.ended()
      }
      let socket = try kind.open(server.address)
      socket.send("hello")
      #expect(try await socket.receive() == "hello")
      socket.close(.loggedOut)
      #expect(await end(of: socket) == "closed 1000")
      #expect(farewells { $0 } == [.close(1000, "User logged out")])
    }

    @Test(arguments: Kind.allCases, [4401, 4403, 1001])
    func closeCodesAreHeard(_ kind: Kind, _ code: Int) async throws {
      let server = try RawServer { connection in
        try connection.open()
        try connection.say(.close(code, "why"))
        connection.ended()
      }
      let socket = try kind.open(server.address)
      // Foundation hides which code of its own a server gave.
      let heard = kind == .foundation && code > 4000 ? 4401 : code
      #expect(await end(of: socket) == "closed \(heard)")
      #expect(await end(of: socket) == "closed \(heard)")
    }

    @Test(arguments: Kind.allCases, [(503, "60", 60), (429, "Fri, 31 Dec 1999 23:59:59 GMT", 0), (200, "-1", 0)])
    func otherAnswersRefuse(_ kind: Kind, _ answer: (status: Int, later: String, seconds: Int)) async throws {
      let server = try RawServer { connection in
        _ = try connection.request()
        try connection.write(
          "HTTP/1.1 \(answer.status) No\r\nContent-Length: 0\r\nretry-after: \(answer.later)\r\n\r\n")
        connection.ended()
      }
      let socket = try kind.open(server.address)
      socket.send("hello")
      #expect(await end(of: socket) == "refused \(answer.seconds)")
      socket.abandon()
    }

    @Test(arguments: Kind.allCases)
    func aRedirectIsNotFollowed(_ kind: Kind) async throws {
      let (asked, address) = (Locked(0), Locked(""))
      let server = try RawServer { connection in
        asked { $0 += 1 }
        _ = try connection.request()
        try connection.write(
          "HTTP/1.1 302 Found\r\nLocation: \(address { $0 })/elsewhere\r\nContent-Length: 0\r\n\r\n")
        connection.ended()
      }
      address { $0 = "http://127.0.0.1:\(server.port)" }
      let socket = try kind.open(server.address)
      #expect(await end(of: socket) == "refused 0")
      socket.abandon()
      #expect(asked { $0 } == 1)
    }

    @Test(arguments: Kind.allCases)
    func aConnectionThatBreaksIsLost(_ kind: Kind) async throws {
      let server = try RawServer { connection in
        try connection.open()
        _ = try connection.heard()
      }
      let socket = try kind.open(server.address)
      socket.send("hello")
      #expect(await end(of: socket) == "broken")
    }

    @Test(arguments: Kind.allCases)
    func aSocketIsLeftAtOnce(_ kind: Kind) async throws {
      let isAsked = Locked(false)
      let server = try RawServer { connection in
        _ = try connection.request()
        isAsked { $0 = true }
        connection.ended()
      }
      let socket = try kind.open(server.address)
      let waiting = Task { await end(of: socket) }
      try await eventually("the socket is opening") { isAsked { $0 } }
      socket.abandon()
      #expect(await waiting.value == "broken")
      #expect(await end(of: socket) == "broken")
    }

    @Test(arguments: Kind.allCases)
    func aServerThatIsNotThereIsALoss(_ kind: Kind) async throws {
      let address = try RawServer { $0.ended() }.address
      let socket = try kind.open(address)
      #expect(await end(of: socket) == "broken")
    }

    /// What only the package's own has to know of the protocol.
    @Test func framesAddUpAndPingsAreAnswered() async throws {
      let pongs = Locked<[WireFrame]>([])
      let server = try RawServer { connection in
        try connection.open()
        try connection.say(WireFrame(kind: .binary, payload: [0, 1, 2]))
        try connection.say(WireFrame(kind: .text, isLast: false, payload: Array("one".utf8)))
        try connection.say(WireFrame(kind: .ping, payload: [7]))
        let pong = try connection.heard()
        pongs { $0.append(pong) }
        try connection.say(WireFrame(kind: .continuation, payload: Array(" two".utf8)))
        try connection.say(WireFrame(kind: .text, payload: [UInt8](repeating: 0x78, count: 70_000)))
        connection.ended()
      }
      let socket = try Kind.own.open(server.address)
      defer { socket.abandon() }
      #expect(try await socket.receive() == "one two")
      #expect(pongs { $0 } == [WireFrame(kind: .pong, payload: [7])])
      #expect(try await socket.receive().count == 70_000)
    }

    @Test(arguments: [
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\n\r\n", "SSH-2.0\r\n\r\n", "\r\n\r\n",
      String(repeating: "x", count: 20_000),
    ])
    func whoeverDoesNotSpeakTheProtocolIsLeft(_ answer: String) async throws {
      let server = try RawServer { connection in
        _ = try connection.request()
        try connection.write(answer)
        connection.ended()
      }
      #expect(await end(of: try Kind.own.open(server.address)) == "broken")
    }

    @Test(arguments: [("ws://127.0.0.1:1", true), ("wss://127.0.0.1:1", false), ("ws:///path", false)])
    func onlyAddressesWithoutTLSAreItsOwn(_ address: String, _ isOwn: Bool) throws {
      let socket = PlatformSockets(nil).open(try #require(URL(string: address)))
      #expect(socket is PlainWebSocket == isOwn)
      socket.abandon()
    }

    private func end(of socket: any WebSocket) async -> String {
      do {
        while true { _ = try await socket.receive() }
      } catch {
        switch error {
        case .closed(let code): return "closed \(code)"
        case .refused(let seconds): return "refused \(Int(seconds))"
        case .broken: return "broken"
        }
      }
    }
  }
#endif
