import Foundation

/// Whose presence an app wants to hear of.
enum Subscription: Equatable, Sendable {
  case allUsers
  case roles([String])
  case friends

  fileprivate var word: String {
    switch self {
    case .allUsers: "ALL_USERS"
    case .roles: "ROLES"
    case .friends: "FRIENDS"
    }
  }

  fileprivate var roles: [String]? {
    if case .roles(let roles) = self, !roles.isEmpty { return roles }
    return nil
  }
}

/// What a client says of itself on each new connection. Of all that the server believes only the JWT.
struct Introduction: Sendable {
  let appId: String
  /// Names this run of the program: what the server sends with it is this client's own doing.
  let resource: String
  let device: Device
  let subscription: Subscription?

  /// The first frame of a connection.
  func frame(_ uid: String, _ jwt: String) throws -> String {
    let about = Hello.About(
      appInfo: .init(version: version, apiVersion: device.appInfo.apiVersion),
      userAgent: Device.userAgent, deviceId: device.deviceId, platform: Device.platform)
    let body = Hello.Body(
      auth: jwt, deviceId: resource, presenceSubscription: subscription?.word, roles: subscription?.roles, params: about
    )
    let hello = Hello(appId: appId, deviceId: resource, type: "auth", sender: uid, body: body)
    return String(decoding: try JSONEncoder().encode(hello), as: UTF8.self)
  }

  private struct Hello: Encodable {
    struct Body: Encodable {
      let auth: String
      let deviceId: String
      let presenceSubscription: String?
      let roles: [String]?
      let params: About
    }

    struct About: Encodable {
      struct AppInfo: Encodable {
        let version: String
        let apiVersion: String
      }

      let appInfo: AppInfo
      let userAgent: String
      let deviceId: String
      let platform: String
    }

    let appId: String
    let deviceId: String
    let type: String
    let sender: String
    let body: Body
  }
}

/// Another user came online, or went offline.
struct Presence: Sendable {
  let isOnline: Bool
  let user: UserRecord
}

/// A frame of the server. Those of chats have types and bodies of their own, which are not read.
struct Frame: Decodable, Sendable {
  /// It is answered by a frame whose action is pong.
  static let ping = #"{"action":"ping","ack":"true"}"#

  private struct Body: Decodable, Sendable {
    let code: String?
    let action: String?
    let timestamp: Int?
    let user: UserRecord?
  }

  private enum CodingKeys: CodingKey { case type, action, deviceId, body }

  private let type: String?
  private let action: String?
  let deviceId: String?
  private let body: Body?

  /// Nil for what is no frame.
  init?(_ text: String) {
    guard let frame = try? JSONDecoder().decode(Frame.self, from: Data(text.utf8)) else { return nil }
    self = frame
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    type = try fields.decodeIfPresent(String.self, forKey: .type)
    action = try fields.decodeIfPresent(String.self, forKey: .action)
    deviceId = try fields.decodeIfPresent(String.self, forKey: .deviceId)
    body = try? fields.decodeIfPresent(Body.self, forKey: .body)
  }

  var isPong: Bool { action == "pong" }

  /// The code of the answer to an introduction, empty when it has none that can be read; nil for other frames.
  var verdict: String? { type == "auth" ? body?.code ?? "" : nil }

  /// What it says of another user, if it says anything that can be used.
  var presence: Presence? {
    guard type == "presence", let body, let user = body.user, !user.uid.isEmpty else { return nil }
    let isOnline: Bool
    switch body.action {
    case "online", "available": isOnline = true
    case "offline": isOnline = false
    default: return nil
    }
    let since = body.timestamp.flatMap { $0 > 0 ? $0 : nil } ?? user.lastActiveAt
    return Presence(
      isOnline: isOnline,
      user: UserRecord(
        uid: user.uid, name: user.name, avatar: user.avatar, status: isOnline ? "online" : "offline",
        lastActiveAt: since))
  }
}
