import Foundation

/// A user as the server describes them. Fields that this version does not know are left out.
struct UserRecord: Codable, Equatable, Sendable {
  let uid: String
  let name: String?
  let avatar: String?
  let status: String?
  var lastActiveAt: Int?
}

/// Who is logged in, and by which credential. It is never changed, only replaced.
struct Session: Codable, Sendable {
  /// A reader that meets another version of the stored form finds nobody logged in.
  private static let format = 1

  private let format: Int
  let user: UserRecord
  let authToken: String
  /// What the server signed for the user. It is handed on, never decided by.
  let jwt: String?
  /// Where the realtime connection is opened; nil in what an earlier version stored.
  let socket: String?

  init(user: UserRecord, authToken: String, jwt: String?, socket: String?) {
    (format, self.user, self.authToken, self.jwt, self.socket) = (Self.format, user, authToken, jwt, socket)
  }

  /// Nil for whatever is no session in the form of this version.
  init?(stored: Data?) {
    guard let stored, let session = try? JSONDecoder().decode(Session.self, from: stored),
      session.format == Self.format, !session.user.uid.isEmpty, Checks.isCredential(session.authToken)
    else { return nil }
    self = session
  }

  /// The stored form.
  func encoded() throws -> Data { try JSONEncoder().encode(self) }

  /// Two uids are one user's when they differ only in letter case.
  func isOf(_ uid: String) -> Bool { user.uid.lowercased() == uid.lowercased() }
}

/// The data of an answer about the user of a token.
struct Me: Decodable, Sendable {
  private let user: UserRecord
  private let authToken: String?
  private let jwt: String?
  private let hosts: SocketHosts?

  private enum CodingKeys: CodingKey { case authToken, jwt, settings }

  init(from decoder: any Decoder) throws {
    user = try UserRecord(from: decoder)
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    authToken = try fields.decodeIfPresent(String.self, forKey: .authToken)
    // One that is no text counts as none: nothing here depends on it.
    jwt = try? fields.decodeIfPresent(String.self, forKey: .jwt)
    hosts = try? fields.decodeIfPresent(SocketHosts.self, forKey: .settings)
  }

  /// Makes a session of the answer to a request with a token, sent to the API at a URL. A server that answers
  /// with another token has replaced the one that was sent.
  func session(sent: String, to base: String) throws -> Session {
    let token = authToken ?? sent
    if user.uid.isEmpty || !Checks.isCredential(token) { throw Answer.unusable() }
    return Session(user: user, authToken: token, jwt: jwt, socket: SocketHosts.address(hosts, base))
  }
}
