import Foundation
import Testing

@testable import UsherCalls

/// What can be said of bytes and texts alone.
struct WireTests {
  /// The examples of RFC 3174 and RFC 6455, 1.3, and lengths around a block.
  @Test(arguments: [
    ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    (String(repeating: "a", count: 55), "c1c8bbdc22796e28c0e15163d20899b65621d65a"),
    (String(repeating: "a", count: 64), "0098ba824b5c16427bd7a1122a5a442a25ec644d"),
    ("dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11", "b37a4f2cc0624f1690f64606cf385945b2bec4ea"),
  ])
  func hash(_ text: String, _ hash: String) {
    #expect(SHA1.hash(Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == hash)
  }

  @Test(arguments: [0, 1, 125, 126, 65_535, 65_536])
  func framesAreReadWhereverTheyAreCut(_ length: Int) throws {
    let frame = WireFrame(kind: .text, payload: (0..<length).map { UInt8(truncatingIfNeeded: $0) })
    let sent = frame.bytes(mask: [1, 2, 3, 4])
    // The same as a server sends it.
    let header = sent.count - length - 4
    let bytes = [sent[0], sent[1] & 0x7f] + sent[2..<header] + frame.payload
    for cut in [0, 1, header - 1, bytes.count - 1] where cut < bytes.count {
      var beginning = Array(bytes[..<cut])
      #expect(try WireFrame.take(from: &beginning, longest: length) == nil)
    }
    var two = bytes + bytes
    #expect(try WireFrame.take(from: &two, longest: length) == frame)
    #expect(two == bytes)
    if length > 0 {
      #expect(throws: WireFrame.TooLong.self) { try WireFrame.take(from: &two, longest: length - 1) }
    }
  }

  @Test func whatAClientSendsIsMasked() {
    let frame = WireFrame(kind: .text, payload: Array("Hello".utf8))
    #expect(
      frame.bytes(mask: [0x37, 0xfa, 0x21, 0x3d]) == [
        0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
      ])
  }

  @Test(arguments: [
    [0xc1, 0x00],  // a reserved bit
    [0x81, 0x80, 0, 0, 0, 0],  // a mask
    [0x83, 0x00],  // a kind that is not there
    [0x09, 0x00],  // a ping in pieces
    [0x89, 0x7e, 0x00, 0x7e],  // a ping that is too long
    [0x81, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],  // a length beyond all
  ])
  func framesThatAreNoneAreRefused(_ bytes: [UInt8]) {
    #expect(throws: (any Error).self) {
      var bytes = bytes
      _ = try WireFrame.take(from: &bytes, longest: 1 << 20)
    }
  }

  @Test func textsThatAreNoneAreRefused() {
    let part = WireFrame(kind: .text, isLast: false, payload: [0x61])
    for frames in [
      [WireFrame(kind: .continuation)], [part, part],
      [WireFrame(kind: .text, payload: [0xff])],
      [part, WireFrame(kind: .continuation, payload: [0x61, 0x61])],
    ] {
      var text = WireText(longest: 2)
      #expect(throws: (any Error).self) { for frame in frames { _ = try text.add(frame) } }
    }
  }

  @Test func aFarewellMayHaveNoCode() { #expect(WireFrame(kind: .close).closeCode == 1005) }

  @Test(arguments: [
    ("ws://127.0.0.1:4000/fault/17", "127.0.0.1", 4000, "GET /fault/17 HTTP/1.1", "Host: 127.0.0.1:4000"),
    ("ws://example.com", "example.com", 80, "GET / HTTP/1.1", "Host: example.com"),
    ("ws://[::1]:8080/a%20b", "::1", 8080, "GET /a%20b HTTP/1.1", "Host: [::1]:8080"),
  ])
  func requests(_ address: String, _ host: String, _ port: UInt16, _ first: String, _ second: String) throws {
    let url = try #require(URL(string: address))
    let upgrade = try #require(Upgrade(url, key: [UInt8](repeating: 0, count: 16)))
    #expect(upgrade.host == host)
    #expect(upgrade.port == port)
    let lines = String(decoding: upgrade.request, as: UTF8.self).components(separatedBy: "\r\n")
    #expect(lines[0] == first)
    #expect(lines[1] == second)
    #expect(lines.contains("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="))
    #expect(lines.suffix(2) == ["", ""])
  }

  @Test(arguments: [
    ("http://127.0.0.1:8080/fault/1", #"{"CHAT_HOST": "h", "CHAT_WSS_PORT": "443"}"#, "ws://127.0.0.1:8080/fault/1"),
    ("https://a.example/v3", #"{"CHAT_HOST": "h.example", "CHAT_WSS_PORT": "443/v3.0/"}"#, "wss://h.example:443/v3.0/"),
    ("https://a.example", #"{"CHAT_HOST": "h.example", "CHAT_WSS_PORT": 8443}"#, "wss://h.example:8443"),
    ("https://a.example", #"{"CHAT_HOST": "h", "CHAT_HOST_OVERRIDE": "o", "CHAT_WSS_PORT": "1"}"#, "wss://o:1"),
    ("https://a.example", #"{"CHAT_HOST": "[::1]", "CHAT_WSS_PORT": "1"}"#, "wss://[::1]:1"),
    ("https://a.example/v3", "{}", "wss://a.example/v3"),
    ("https://a.example", #"{"CHAT_HOST": "h.example"}"#, "wss://a.example"),
    ("https://a.example", #"{"CHAT_HOST": 7, "CHAT_WSS_PORT": []}"#, "wss://a.example"),
    ("https://a.example", #"{"CHAT_HOST": "me@h", "CHAT_WSS_PORT": "1"}"#, "wss://a.example"),
    ("https://a.example", #"{"CHAT_HOST": "h", "CHAT_WSS_PORT": "1?a"}"#, "wss://a.example"),
    ("https://a.example", #"{"CHAT_HOST": "h h", "CHAT_WSS_PORT": "1"}"#, "wss://a.example"),
    ("https://a.example", #"{"CHAT_HOST": "h", "CHAT_WSS_PORT": "99999"}"#, "wss://a.example"),
    ("https://a.example", #"["CHAT_HOST"]"#, "wss://a.example"),
  ])
  func addresses(_ base: String, _ settings: String, _ address: String) {
    let hosts = try? JSONDecoder().decode(SocketHosts.self, from: Data(settings.utf8))
    #expect(SocketHosts.address(hosts, base) == address)
  }
}
