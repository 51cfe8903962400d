import Foundation

/// What a login tells the server about the device.
struct Device: Encodable, Sendable {
  struct AppInfo: Encodable, Sendable {
    let version: String
    let apiVersion: String
    let userAgent: String
  }

  let platform: String
  let deviceId: String
  let appInfo: AppInfo

  init(_ id: String) {
    platform = Self.platform
    deviceId = id
    appInfo = AppInfo(version: "v\(UsherCalls.version)", apiVersion: "v3.0", userAgent: Self.userAgent)
  }

  #if os(iOS)
    static let platform = "IOS"
  #elseif os(macOS)
    static let platform = "MACOS"
  #elseif os(tvOS)
    static let platform = "TVOS"
  #elseif os(watchOS)
    static let platform = "WATCHOS"
  #else
    static let platform = "LINUX"
  #endif

  static let userAgent = "usher-swift/\(UsherCalls.version) (\(platform))"

  /// The form that device ids and resource ids have on the wire: a random UUID and the time in milliseconds.
  static func uniqueName(_ prefix: String, _ separator: String) -> String {
    let milliseconds = Int64(Date().timeIntervalSince1970 * 1000)
    return [prefix, UUID().uuidString.lowercased(), String(milliseconds)].joined(separator: separator)
  }
}
