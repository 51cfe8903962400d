import Foundation
import Testing

@testable import UsherCalls

/// A client whose server, sockets and time are the test's.
final class ConnectionStage: Sendable {
  /// The time limit of requests, in seconds; nobody sleeps for so long for another reason.
  static let limit: TimeInterval = 7

  let server = FakeServer()
  let sockets: FakeSockets
  let time = FakeTime()
  let audiences = Audiences()
  let client: Client
  /// The bounds of the pauses so far. Each pause is as long as its bound.
  private let bounds: Locked<[TimeInterval]>
  private let heard = Locked<[String]>([])

  init(
    answering: Bool = true, _ choose: (CallAppSettingsBuilder) -> Void = { _ in }
  ) throws {
    let (sockets, time, bounds) = (FakeSockets(answering: answering), time, Locked<[TimeInterval]>([]))
    (self.sockets, self.bounds) = (sockets, bounds)
    let settings = server.builder(MemoryStorage()).setTimeout(Self.limit)
    choose(settings)
    server.answer(Self.well)
    client = try Client(
      settings.build(), audiences,
      Realtime(sockets: sockets, time: time) { bound in
        bounds { $0.append(bound) }
        return bound
      })
    audiences.connections.add(
      "stage",
      CallsConnectionListener(
        connecting: { [heard] in heard { $0.append("connecting") } },
        connected: { [heard] in heard { $0.append("connected") } },
        disconnected: { [heard] in heard { $0.append("disconnected") } }))
    audiences.users.add(
      "stage",
      CallsUserListener(
        onUserOnline: { [heard] user in heard { $0.append(Self.words(user)) } },
        onUserOffline: { [heard] user in heard { $0.append(Self.words(user)) } }))
  }

  deinit { client.close() }

  /// Answers as the server does: whoever logs in gets a JWT.
  static let well: FakeServer.Answering = { request in
    switch request.httpMethod {
    case "POST", "DELETE": FakeServer.well(request)
    default: me(jwt: "h.p.s")
    }
  }

  /// The me object of whoever asks.
  static func me(jwt: String, settings: String = "{}") -> FakeServer.Answer {
    .init(body: #"{"data": {"uid": "ann", "name": "Ann", "jwt": "\#(jwt)", "settings": \#(settings)}}"#)
  }

  static let unknownToken = FakeServer.Answer(
    status: 401, body: #"{"error": {"code": "AUTH_ERR_AUTH_TOKEN_NOT_FOUND"}}"#)

  func logIn(_ token: String = "ann_1") async throws {
    _ = try await client.login(Attempt(.token(token))).outcome.get()
  }

  /// Waits for a socket whose user the server knows, and on which everything was heard.
  @discardableResult
  func online(_ number: Int = 1) async throws -> FakeSocket {
    let socket = try await sockets.socket(number)
    try await eventually("socket \(number) is connected") { client.connection.status == .connected && socket.isAwaited }
    return socket
  }

  /// Waits until a pause is made, and for its end; gives its bound.
  @discardableResult
  func pause(_ number: Int) async throws -> TimeInterval {
    try await eventually("pause \(number) is made") { bounds { $0.count } >= number }
    let bound = bounds { $0[number - 1] }
    try await time.pass(bound)
    return bound
  }

  /// Waits until listeners have heard this, and nothing else since they were asked last.
  func expectHeard(_ wanted: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try? await eventually("\(wanted) was heard") { heard { $0.count } >= wanted.count }
    let got = heard { heard in
      defer { heard = [] }
      return heard
    }
    #expect(got == wanted, sourceLocation: sourceLocation)
  }

  private static func words(_ user: CallsUser) -> String {
    "\(user.uid ?? "") \(user.status.rawValue) \(user.lastActiveAt ?? 0)"
  }
}
