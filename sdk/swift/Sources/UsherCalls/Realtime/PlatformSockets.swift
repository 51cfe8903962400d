import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The WebSockets that the platform has. The Foundation that is not Apple's cuts frames of over 4 KiB into
/// pieces and hides close codes, so that there the package has a WebSocket of its own, which knows no TLS.
struct PlatformSockets: WebSocketOpener {
  /// The longest frame that is read, in bytes.
  private static let longest = 1 << 20

  private let configuration: URLSessionConfiguration?

  init(_ configuration: URLSessionConfiguration?) { self.configuration = configuration }

  func open(_ address: URL) -> any WebSocket {
    #if canImport(Glibc) || canImport(Musl)
      if let upgrade = Upgrade(address) { return PlainWebSocket(upgrade, longest: Self.longest) }
    #endif
    return FoundationWebSocket(address, Exchanges.configuration(configuration), longest: Self.longest)
  }
}
