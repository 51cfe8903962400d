import Foundation

/// What the settings of a me answer say of where the realtime connection is opened. Values of other shapes
/// count as none.
struct SocketHosts: Decodable, Sendable {
  private let host: String
  /// It may carry a path.
  private let port: String

  private enum CodingKeys: String, CodingKey {
    case override = "CHAT_HOST_OVERRIDE"
    case ofApp = "CHAT_HOST_APP_SPECIFIC"
    case host = "CHAT_HOST"
    case port = "CHAT_WSS_PORT"
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let hosts = [CodingKeys.override, .ofApp, .host].map { (try? fields.decode(String.self, forKey: $0)) ?? "" }
    host = hosts.first { !$0.isEmpty } ?? ""
    let number = (try? fields.decode(Int.self, forKey: .port)).map(String.init)
    port = try number ?? fields.decode(String.self, forKey: .port)
  }

  /// The address of the connection. A server whose API is reached without TLS is one at hand, and its socket
  /// is where its API is: the settings, made for the official SDKs, know only of TLS.
  static func address(_ hosts: SocketHosts?, _ base: String) -> String {
    if base.hasPrefix("https:"), let named = hosts?.named { return named }
    return "ws" + base.dropFirst("http".count)
  }

  private var named: String? {
    let place = "\(host):\(port)"
    let address = "wss://\(place)"
    let authority = place[..<(place.firstIndex(of: "/") ?? place.endIndex)]
    let refused = place.unicodeScalars.contains {
      Checks.isSpaceOrControl($0) || "@?#\\".unicodeScalars.contains($0)
    }
    guard !host.isEmpty, !refused, Bases.isAuthority(String(authority)), URL(string: address) != nil else { return nil }
    return address
  }
}
