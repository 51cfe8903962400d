/// One frame of the WebSocket protocol (RFC 6455, 5).
struct WireFrame: Equatable, Sendable {
  enum Kind: UInt8, Sendable {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    var isControl: Bool { rawValue >= Kind.close.rawValue }
  }

  /// What came is not the protocol.
  struct Malformed: Error {}

  /// More than whoever reads is ready to take.
  struct TooLong: Error {}

  private static let longestControl = 125

  let kind: Kind
  var isLast = true
  var payload: [UInt8] = []

  /// As a client sends it: masked by four random bytes.
  func bytes(mask: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [(isLast ? 0x80 : 0) | kind.rawValue]
    // The first bit says that the payload is masked, the rest how long it is, or how its length follows.
    switch payload.count {
    case ...125: bytes.append(0x80 | UInt8(payload.count))
    case ...0xffff: bytes += [0xfe] + Self.bigEndian(payload.count, 2)
    default: bytes += [0xff] + Self.bigEndian(payload.count, 8)
    }
    bytes += mask
    for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index % 4]) }
    return bytes
  }

  /// Takes a server's frame from the front of what was read; nil when there is more to read.
  static func take(from bytes: inout [UInt8], longest: Int) throws -> WireFrame? {
    guard bytes.count >= 2 else { return nil }
    // Servers do not mask, and no extension was agreed on that would use the reserved bits.
    guard bytes[0] & 0x70 == 0, bytes[1] & 0x80 == 0, let kind = Kind(rawValue: bytes[0] & 0x0f) else {
      throw Malformed()
    }
    let isLast = bytes[0] & 0x80 != 0
    let short = Int(bytes[1])
    if kind.isControl && (!isLast || short > longestControl) { throw Malformed() }
    let lengthBytes = short == 127 ? 8 : short == 126 ? 2 : 0
    let start = 2 + lengthBytes
    guard bytes.count >= start else { return nil }
    let length =
      lengthBytes == 0 ? UInt64(short) : bytes[2..<start].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    if length > UInt64(longest) { throw TooLong() }
    let end = start + Int(length)
    guard bytes.count >= end else { return nil }
    defer { bytes.removeFirst(end) }
    return WireFrame(kind: kind, isLast: isLast, payload: Array(bytes[start..<end]))
  }

  /// A farewell with a close code.
  static func close(_ code: Int, _ reason: String) -> WireFrame {
    WireFrame(kind: .close, payload: bigEndian(code, 2) + Array(reason.utf8))
  }

  /// The close code of a farewell; 1005 for none, as the protocol has it.
  var closeCode: Int { payload.count < 2 ? 1005 : Int(payload[0]) << 8 | Int(payload[1]) }

  /// What masks and keys are made of.
  static func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in .random(in: .min ... .max) } }

  private static func bigEndian(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}

/// The texts that frames add up to.
struct WireText {
  private let longest: Int
  private var kind: WireFrame.Kind?
  private var bytes: [UInt8] = []

  init(longest: Int) { self.longest = longest }

  /// Gives a text when a frame is the last of one. What is binary is left out.
  mutating func add(_ frame: WireFrame) throws -> String? {
    switch frame.kind {
    case .text, .binary:
      if kind != nil { throw WireFrame.Malformed() }
      kind = frame.kind
    case .continuation:
      if kind == nil { throw WireFrame.Malformed() }
    case .close, .ping, .pong: return nil
    }
    if bytes.count + frame.payload.count > longest { throw WireFrame.TooLong() }
    bytes += frame.payload
    guard frame.isLast else { return nil }
    defer { (kind, bytes) = (nil, []) }
    guard kind == .text else { return nil }
    guard let text = String(bytes: bytes, encoding: .utf8) else { throw WireFrame.Malformed() }
    return text
  }
}
