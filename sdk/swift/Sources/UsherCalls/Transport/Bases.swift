import Foundation

/// Where calls go: URLs without a slash at the end (spec/session.md, Addresses).
struct Bases: Sendable, Equatable {
  private static let version = "v3.0"

  /// For calls that carry an API key.
  let key: String
  /// For calls that carry an auth token.
  let token: String

  /// Throws `ERROR_INVALID_SETTINGS`, with a text that never repeats a host: it may hold a password.
  init(_ settings: CallAppSettings.Values) throws {
    if !Checks.isAppID(settings.appId) {
      throw Self.invalid("The app id is empty, or no text for a header.")
    }
    key = try Self.base(settings, settings.adminHost, "api")
    token = try Self.base(settings, settings.clientHost, "apiclient")
  }

  /// A kind of call goes to its own host, else to the host for all, else to the documented one of a service.
  private static func base(_ settings: CallAppSettings.Values, _ own: String, _ service: String) throws -> String {
    let host = own.isEmpty ? settings.host : own
    if !host.isEmpty { return try parse(host) }
    var region = settings.region.lowercased()
    if region == "private" { region = settings.appId }
    if region.isEmpty { throw invalid("The settings name neither a host nor a region.") }
    if !Checks.isLabel(settings.appId) || !Checks.isLabel(region) {
      throw invalid("The app id and the region cannot be parts of a host name; name the host.")
    }
    return "https://\(settings.appId).\(service)-\(region).cometchat.io/\(version)"
  }

  private static func parse(_ host: String) throws -> String {
    var scheme = "https"
    var rest = host[...]
    if let mark = host.range(of: "://") {
      scheme = host[..<mark.lowerBound].lowercased()
      rest = host[mark.upperBound...]
    }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    var path = rest[slash...]
    while path.last == "/" { path.removeLast() }
    let authority = rest[..<slash].lowercased()
    let base = "\(scheme)://\(authority)\(path)"
    let refused = base.unicodeScalars.contains { Checks.isSpaceOrControl($0) || "@?#\\".unicodeScalars.contains($0) }
    guard ["http", "https"].contains(scheme), !refused, isAuthority(authority), URL(string: base) != nil else {
      throw invalid(
        "The host is not a URL such as https://auth.example.com/v3, with nothing but a scheme, a name, a port and a path."
      )
    }
    return base
  }

  /// A name or an address in brackets, and perhaps a port.
  static func isAuthority(_ text: String) -> Bool {
    var rest = text[...]
    if rest.first == "[" {
      guard let end = rest.firstIndex(of: "]") else { return false }
      let address = rest[rest.index(after: rest.startIndex)..<end]
      guard address.contains(":"), address.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return false }
      rest = rest[rest.index(after: end)...]
    } else {
      let end = rest.firstIndex(of: ":") ?? rest.endIndex
      let name = rest[..<end]
      if name.isEmpty || name.contains(where: { "[]".contains($0) }) { return false }
      rest = rest[end...]
    }
    if rest.isEmpty { return true }
    let port = rest.dropFirst()
    return rest.first == ":" && port.allSatisfy(\.isASCII) && UInt16(port) != nil
  }

  private static func invalid(_ description: String) -> CometChatCallException {
    CometChatCallException(.invalidSettings, description)
  }
}
