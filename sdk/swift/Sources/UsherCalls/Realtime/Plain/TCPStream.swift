#if canImport(Glibc) || canImport(Musl)
  import Foundation

  #if canImport(Glibc)
    import Glibc
  #else
    import Musl
  #endif

  /// A socket of the system. Its methods wait, until `shutDown` is called from elsewhere.
  final class TCPStream: Sendable {
    struct Unresolved: Error {
      let status: Int32
    }

    private let file: Int32

    private init(_ family: Int32) throws {
      #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
      #else
        let kind = SOCK_STREAM | SOCK_CLOEXEC
      #endif
      file = socket(family, kind, 0)
      if file < 0 { throw POSIXFailure("socket") }
      var on: Int32 = 1
      // What is sent is short, and waits for nothing.
      setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { Self.closeFile(file) }

    /// Connects to the first address of a host that answers. Each stream is handed over before it is tried, so
    /// that it can be shut down.
    static func connect(
      _ host: String, _ port: UInt16, _ tries: (TCPStream) throws -> Void
    ) throws -> TCPStream {
      var found: UnsafeMutablePointer<addrinfo>?
      let status = getaddrinfo(host, String(port), nil, &found)
      defer { if let found { freeaddrinfo(found) } }
      if status != 0 { throw Unresolved(status: status) }
      var failure: any Error = Unresolved(status: 0)
      var next = found
      while let address = next?.pointee {
        next = address.ai_next
        // An address may be there several times, once for each kind of socket.
        if address.ai_protocol != Int32(IPPROTO_TCP) { continue }
        let stream: TCPStream
        do {
          stream = try TCPStream(address.ai_family)
        } catch {
          // The system may not have this family, and the host another one.
          failure = error
          continue
        }
        try tries(stream)
        do {
          try stream.connect(address)
          return stream
        } catch {
          failure = error
        }
      }
      throw failure
    }

    private func connect(_ address: addrinfo) throws {
      if systemConnect(file, address.ai_addr, address.ai_addrlen) != 0 { throw POSIXFailure("connect") }
    }

    /// What has come; nothing when nothing comes any more.
    func read() throws -> [UInt8] {
      var buffer = [UInt8](repeating: 0, count: 16 << 10)
      while true {
        let count = recv(file, &buffer, buffer.count, 0)
        if count < 0 && errno == EINTR { continue }
        if count < 0 { throw POSIXFailure("recv") }
        return Array(buffer[..<count])
      }
    }

    func write(_ bytes: [UInt8]) throws {
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { systemSend(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count < 0 && errno == EINTR { continue }
        if count < 0 { throw POSIXFailure("send") }
        rest = rest.dropFirst(count)
      }
    }

    func shutDown() { shutdown(file, Int32(SHUT_RDWR)) }

    private static func closeFile(_ file: Int32) { close(file) }
  }

  private func systemConnect(_ file: Int32, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t) -> Int32 {
    connect(file, address, length)
  }

  private func systemSend(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
    send(file, bytes, count, flags)
  }
#endif
