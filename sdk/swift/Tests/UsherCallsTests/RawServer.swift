#if canImport(Glibc)
  import Foundation
  import Glibc

  @testable import UsherCalls

  /// A server on 127.0.0.1 that does with each connection what a test wants of it, byte by byte.
  final class RawServer: Sendable {
    struct Failed: Error {}

    private let listening: Int32
    let port: UInt16

    /// Serves one connection after the other, on a thread of its own.
    init(_ serve: @escaping @Sendable (RawConnection) throws -> Void) throws {
      let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      self.listening = listening
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = inet_addr("127.0.0.1")
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let bound = withUnsafeMutablePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
          bind(listening, address, length) == 0 && listen(listening, 8) == 0
            && getsockname(listening, address, &length) == 0
        }
      }
      if !bound { throw Failed() }
      port = UInt16(bigEndian: address.sin_port)
      Thread.detachNewThread {
        while true {
          let file = accept(listening, nil, nil)
          if file < 0 { return }
          // What goes wrong shows in what the client makes of it.
          try? serve(RawConnection(file))
        }
      }
    }

    deinit {
      shutdown(listening, Int32(SHUT_RDWR))
      close(listening)
    }

    /// Where the WebSocket is.
    var address: URL {
      get throws {
        guard let address = URL(string: "ws://127.0.0.1:\(port)/v3") else { throw Failed() }
        return address
      }
    }
  }

  /// One connection of it. It ends when nobody has it any more.
  final class RawConnection {
    private let file: Int32
    private var unread: [UInt8] = []

    /// Who waits in vain is told so: a client that waits, too, would never end.
    init(_ file: Int32) {
      self.file = file
      var limit = timeval(tv_sec: 20, tv_usec: 0)
      setsockopt(file, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(file) }

    func write(_ text: String) throws { try write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) throws {
      if send(file, bytes, bytes.count, Int32(MSG_NOSIGNAL)) != bytes.count { throw RawServer.Failed() }
    }

    /// The head of a request.
    func request() throws -> String {
      while true {
        let text = String(decoding: unread, as: UTF8.self)
        if let end = text.range(of: "\r\n\r\n") {
          unread.removeFirst(text[..<end.upperBound].utf8.count)
          return String(text[..<end.lowerBound])
        }
        try more()
      }
    }

    /// Answers the request for a WebSocket as the protocol has it.
    func open() throws {
      let key =
        try request().components(separatedBy: "\r\n")
        .first { $0.lowercased().hasPrefix("sec-websocket-key:") }?.split(separator: " ").last ?? ""
      let accepted = SHA1.hash(Array("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
      try write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: \(Data(accepted).base64EncodedString())\r\n\r\n")
    }

    /// A frame as a server sends it: not masked.
    func say(_ frame: WireFrame) throws {
      let masked = frame.bytes(mask: [0, 0, 0, 0])
      let header = masked.count - frame.payload.count - 4
      try write([masked[0], masked[1] & 0x7f] + masked[2..<header] + frame.payload)
    }

    /// The client's next frame, which is short and masked.
    func heard() throws -> WireFrame {
      while unread.count < 6 || unread.count < 6 + Int(unread[1] & 0x7f) { try more() }
      let end = 6 + Int(unread[1] & 0x7f)
      defer { unread.removeFirst(end) }
      guard unread[1] & 0x80 != 0, let kind = WireFrame.Kind(rawValue: unread[0] & 0x0f) else {
        throw RawServer.Failed()
      }
      let payload = unread[6..<end].enumerated().map { index, byte in byte ^ unread[2 + index % 4] }
      return WireFrame(kind: kind, isLast: unread[0] & 0x80 != 0, payload: payload)
    }

    /// Waits until the client has ended the connection.
    func ended() { while (try? more()) != nil {} }

    private func more() throws {
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(file, &buffer, buffer.count, 0)
      if count <= 0 { throw RawServer.Failed() }
      unread += buffer[..<count]
    }
  }
#endif
