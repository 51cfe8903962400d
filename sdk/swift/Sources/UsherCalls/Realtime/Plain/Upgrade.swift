import Foundation

/// The HTTP request that becomes a WebSocket, and the answer to it (RFC 6455, 4).
struct Upgrade: Sendable {
  /// The longest answer that is read, in bytes.
  private static let longest = 16 << 10
  /// Names the protocol; whoever puts it to the key and hashes both speaks it.
  private static let name = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

  let host: String
  let port: UInt16
  private let path: String
  private let authority: String
  private let key: String

  /// Nil for an address that is not one of a WebSocket without TLS. The key is 16 random bytes.
  init?(_ address: URL, key: [UInt8] = WireFrame.random(16)) {
    guard let parts = URLComponents(url: address, resolvingAgainstBaseURL: false), parts.scheme == "ws",
      let host = parts.host, !host.isEmpty, let port = UInt16(exactly: parts.port ?? 80)
    else { return nil }
    // The system wants addresses of IPv6 without brackets.
    self.host = host.trimmingCharacters(in: ["[", "]"])
    self.port = port
    path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
    authority = (self.host.contains(":") ? "[\(self.host)]" : host) + (parts.port.map { ":\($0)" } ?? "")
    self.key = Data(key).base64EncodedString()
  }

  var request: [UInt8] {
    let lines = [
      "GET \(path) HTTP/1.1", "Host: \(authority)", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: 13", "User-Agent: \(Device.userAgent)", "", "",
    ]
    return Array(lines.joined(separator: "\r\n").utf8)
  }

  /// Takes the answer from the front of what was read; false when there is more to read. Throws unless the
  /// other side speaks the protocol.
  func isAnswered(by bytes: inout [UInt8]) throws -> Bool {
    let mark = Array("\r\n\r\n".utf8)
    guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }) else {
      if bytes.count > Self.longest { throw WireFrame.TooLong() }
      return false
    }
    let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
    bytes.removeFirst(end + mark.count)
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
    }
    let status = lines[0].split(separator: " ")
    guard status.count >= 2, status[0].hasPrefix("HTTP/1.") else { throw WireFrame.Malformed() }
    if status[1] != "101" { throw WebSocketEnd.refused(retryAfter: headers["retry-after"]) }
    guard headers["upgrade"]?.lowercased() == "websocket", headers["sec-websocket-accept"] == accepted else {
      throw WireFrame.Malformed()
    }
    return true
  }

  private var accepted: String { Data(SHA1.hash(Array((key + Self.name).utf8))).base64EncodedString() }
}
