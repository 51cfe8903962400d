import Foundation
import Testing

@testable import UsherCalls

/// The connection of a session, step by step with a time of the test's own. What a real server sees of it is in
/// the conformance harness, CONN-1 to CONN-14.
@Suite(.timeLimit(.minutes(1)))
struct ConnectionTests {
  @Test func itLivesAsLongAsTheSession() async throws {
    let stage = try ConnectionStage()
    try await stage.logIn()
    let socket = try await stage.online()
    try await stage.expectHeard("connecting", "connected")
    _ = stage.client.logout()
    #expect(stage.client.connection.status == .disconnected)
    try await stage.expectHeard("disconnected")
    try await eventually("the socket is left") { socket.isAbandoned }
    #expect(socket.farewell == .loggedOut)
    #expect(stage.sockets.opened.count == 1)
  }

  @Test func theIntroductionSaysWhoseItIs() async throws {
    let stage = try ConnectionStage { $0.subscribePresenceForRoles(roles: ["nurse", "doctor"]) }
    try await stage.logIn()
    let socket = try await stage.online()
    #expect(socket.address.absoluteString == "ws://\(stage.server.host)")
    let introduction = try socket.introduction
    #expect(introduction["type"] as? String == "auth")
    #expect(introduction["appId"] as? String == "app-1")
    #expect(introduction["sender"] as? String == "ann")
    let body = try #require(introduction["body"] as? [String: Any])
    #expect(body["auth"] as? String == "h.p.s")
    #expect(body["deviceId"] as? String == introduction["deviceId"] as? String)
    #expect(body["presenceSubscription"] as? String == "ROLES")
    #expect(body["roles"] as? [String] == ["nurse", "doctor"])
    let about = try #require(body["params"] as? [String: Any])
    #expect(about["platform"] as? String == Device.platform)
    #expect((about["deviceId"] as? String)?.hasPrefix("app-1_") == true)
  }

  @Test func nobodyIsAskedAboutUnlessTheAppSaysSo() async throws {
    let stage = try ConnectionStage()
    try await stage.logIn()
    let body = try #require(try await stage.online().introduction["body"] as? [String: Any])
    #expect(body["presenceSubscription"] == nil)
    #expect(body["roles"] == nil)
  }

  @Test func pausesGrow() async throws {
    let stage = try ConnectionStage()
    try await stage.logIn()
    try await stage.online()
    var bounds: [TimeInterval] = []
    for number in 1...9 {
      try await stage.sockets.socket(number).end(.broken(NeverHappened(description: "cut")))
      bounds.append(try await stage.pause(number))
    }
    #expect(bounds == [0.5, 1, 2, 4, 8, 16, 30, 30, 30])
    #expect(stage.client.session != nil)
  }

  @Test func pausesBeginAnewAfterAConnectionThatLasted() async throws {
    let stage = try ConnectionStage()
    try await stage.logIn()
    for number in 1...3 {
      let socket = try await stage.online(number)
      try await stage.time.pass(15)
      socket.end(.broken(NeverHappened(description: "cut")))
      #expect(try await stage.pause(number) == 0.5)
    }
  }

  @Test func aLostConnectionIsHeardOfInItsOrder() async throws {
    let stage = try ConnectionStage()
    try await stage.logIn()
    try await stage.online().end(.closed(1001))
    try await stage.pause(1)
    try await stage.online(2)
    try await stage.expectHeard("connecting", "connected", "disconnected", "connecting", "connected")
  }

  @Test(arguments: [(60, 60.5), (86_400, 300.5)])
  func aServerMayAskToBeLeftAlone(_ asked: Int, _ waited: TimeInterval) async throws {
    let stage = try ConnectionStage(answering: false)
    try await stage.logIn()
    try await stage.sockets.socket(1).end(.refused(retryAfter: "\(asked)"))
    try await stage.time.pass(waited)
    _ = try await stage.sockets.socket(2)
  }

  @Test func aPingIsAnsweredOrTheConnectionIsLost() async throws {
    let stage = try ConnectionStage()
    try await stage.logIn()
    let socket = try await stage.online()
    try await stage.time.pass(15)
    for pings in 1...3 {
      try await eventually("a ping is sent") { socket.sent.count == 1 + pings }
      #expect(socket.sent.last == #"{"action":"ping","ack":"true"}"#)
      socket.say(#"{"action": "pong", "ack": "true"}"#)
      try await eventually("the pong is heard") { socket.isAwaited }
      try await stage.time.pass(3)
      try await stage.time.pass(12)
    }
    #expect(stage.client.connection.status == .connected)
    try await stage.time.pass(3)
    try await eventually("the socket is left") { socket.isAbandoned }
    #expect(socket.farewell == nil)
    try await stage.pause(1)
    try await stage.online(2)
    #expect(stage.client.session != nil)
  }

  @Test func aSwitchWaitsASecondForAFarewellThatNobodyHears() async throws {
    let stage = try ConnectionStage()
    try await stage.logIn()
    let old = try await stage.online()
    old.deafen()
    try await stage.logIn("ann_2")
    #expect(stage.client.connection.status == .connecting)
    try await eventually("goodbye is said") { old.farewell == .loggedOut }
    try await eventually("the answer is waited for") { stage.time.isAwaited(1) }
    #expect(stage.sockets.opened.count == 1)
    try await stage.time.pass(1)
    try await stage.online(2)
    #expect(old.isAbandoned)
    try await stage.expectHeard("connecting", "connected", "disconnected", "connecting", "connected")
  }

  @Test func closeSaysThatTheProgramMayBeBack() async throws {
    let stage = try ConnectionStage()
    try await stage.logIn()
    let socket = try await stage.online()
    try await stage.expectHeard("connecting", "connected")
    stage.client.close()
    #expect(stage.client.connection.status == .disconnected)
    try await eventually("goodbye is said") { socket.farewell == .goingAway }
    try await stage.expectHeard()
  }

  @Test func aRefusedJWTIsRenewedOnceAtATime() async throws {
    let stage = try ConnectionStage(answering: false)
    try await stage.logIn()
    let given = Locked(0)
    stage.server.answer { request in
      guard request.httpMethod == "GET" else { return ConnectionStage.well(request) }
      return ConnectionStage.me(jwt: "new.\(given { $0 += 1; return $0 }).s")
    }
    try await stage.sockets.socket(1).end(.closed(4401))
    // The new one is tried at once, the one after it only after a pause: the server may take none.
    try await stage.sockets.socket(2).end(.closed(4401))
    try await stage.pause(1)
    let third = try await stage.sockets.socket(3)
    try await eventually("it is introduced") { !third.sent.isEmpty }
    let body = try #require(try third.introduction["body"] as? [String: Any])
    #expect(body["auth"] as? String == "new.2.s")
  }

  @Test(arguments: [4401, 4403])
  func aVerdictEndsTheSessionAndTheConnection(_ code: Int) async throws {
    let stage = try ConnectionStage()
    try await stage.logIn()
    let socket = try await stage.online()
    let reasons = Locked<[CallsLoginListener.LogoutReason]>([])
    stage.audiences.logins.add(
      "reasons", CallsLoginListener(onLogoutSuccess: { reason in reasons { $0.append(reason) } }))
    stage.server.answer { _ in ConnectionStage.unknownToken }
    let before = stage.server.requests.count
    socket.end(.closed(code))
    try await eventually("the session ends") { stage.client.session == nil && reasons { !$0.isEmpty } }
    #expect(reasons { $0 } == [.revoked])
    #expect(stage.server.requests.dropFirst(before) == ["GET /me"])
    #expect(stage.sockets.opened.count == 1)
    #expect(stage.client.connection.status == .disconnected)
  }

  @Test(arguments: [
    #"{"error": {"code": "ERR_OF_THE_FUTURE"}}"#, "<html>", #"{"data": {"uid": "ann", "jwt": "h.p.s"}}"#,
  ])
  func noOtherAnswerEndsTheSession(_ answer: String) async throws {
    let stage = try ConnectionStage()
    try await stage.logIn()
    let socket = try await stage.online()
    stage.server.answer { _ in .init(status: answer.contains("data") ? 200 : 401, body: answer) }
    socket.end(.closed(4403))
    try await stage.pause(1)
    try await stage.online(2)
    #expect(stage.client.session?.authToken == "ann_1")
  }

  @Test(arguments: [1000, 1001, 1011, 4400, 4429])
  func otherCodesAreNotAskedAbout(_ code: Int) async throws {
    let stage = try ConnectionStage()
    try await stage.logIn()
    let socket = try await stage.online()
    let before = stage.server.requests
    socket.end(.closed(code))
    try await stage.pause(1)
    try await stage.online(2)
    #expect(stage.server.requests == before)
  }

  @Test func anIntroductionThatIsNeverAnsweredIsGivenUp() async throws {
    let stage = try ConnectionStage(answering: false)
    try await stage.logIn()
    let socket = try await stage.sockets.socket(1)
    socket.say(#"{"type": "presence"}"#)
    try await stage.time.pass(ConnectionStage.limit)
    try await eventually("the socket is left") { socket.isAbandoned }
    try await stage.pause(1)
    _ = try await stage.sockets.socket(2)
  }

  @Test(arguments: [("503", false), ("401", true), (nil, false)])
  func anIntroductionThatIsRefusedIsAskedAboutWhenItsJWTIs(_ code: String?, _ asks: Bool) async throws {
    let stage = try ConnectionStage(answering: false)
    try await stage.logIn()
    let body = code.map { #"{"code": "\#($0)"}"# } ?? "7"
    try await stage.sockets.socket(1).say(#"{"type": "auth", "body": \#(body)}"#)
    try await stage.pause(1)
    _ = try await stage.sockets.socket(2)
    #expect(stage.server.requests.contains("GET /me") == asks)
  }

  @Test func whoComesAndGoesIsHeardOf() async throws {
    let stage = try ConnectionStage { $0.subscribePresenceForAllUsers() }
    try await stage.logIn()
    let socket = try await stage.online()
    try await stage.expectHeard("connecting", "connected")
    let resource = try #require(try socket.introduction["deviceId"] as? String)
    for unheard in [
      presence("bob", "away"), presence("Ann", "online"), presence("", "online"), #"{"type": "presence"}"#,
      #"{"type": "presence", "body": 1}"#, #"{"type": "message", "body": {"id": 1}}"#, "[1]", #""presence""#, "{",
      #"{"type": "auth", "body": {"code": "401"}}"#, presence("bob", "online", deviceId: resource),
    ] {
      socket.say(unheard)
    }
    socket.say(presence("bob", "available", deviceId: "another"))
    try await stage.expectHeard("bob online 1700000400")
    socket.say(presence("bob", "offline"))
    try await stage.expectHeard("bob offline 1700000400")
    socket.say(#"{"type": "presence", "body": {"action": "online", "user": {"uid": "bob", "name": "Bob"}}}"#)
    try await stage.expectHeard("bob online 0")
  }

  @Test func whatAnOldConnectionStillSaysIsNotHeard() async throws {
    let stage = try ConnectionStage()
    try await stage.logIn()
    let old = try await stage.online()
    old.deafen()
    try await stage.logIn("ann_2")
    old.say(presence("late", "online"))
    try await stage.time.pass(1)
    try await stage.online(2).say(presence("bob", "online"))
    try await stage.expectHeard(
      "connecting", "connected", "disconnected", "connecting", "connected", "bob online 1700000400")
  }

  @Test func nothingConnectsByItselfWhenTheAppSaysSo() async throws {
    let stage = try ConnectionStage { $0.autoEstablishSocketConnection(false) }
    #expect(await stage.client.connect().outcome.code == "ERROR_NO_USER_LOGGED_IN")
    try await stage.logIn()
    stage.client.connection.disconnect()
    #expect(stage.sockets.opened.isEmpty)
    for _ in 1...2 { try await stage.client.connect().outcome.get() }
    try await stage.expectHeard("connecting", "connected")
    stage.client.connection.disconnect()
    try await stage.expectHeard("disconnected")
    try await stage.client.connect().outcome.get()
    try await stage.expectHeard("connecting", "connected")
    // Another session begins as the settings say.
    try await stage.logIn("ann_2")
    try await stage.expectHeard("disconnected")
    #expect(stage.sockets.opened.count == 2)
    stage.client.close()
    #expect(await stage.client.connect().outcome.code == "ERROR_SDK_NOT_INITIALIZED")
  }

  enum Ending: CaseIterable {
    case late, logout, disconnect, background, close

    var code: String {
      switch self {
      case .logout: "ERROR_NO_USER_LOGGED_IN"
      case .close: "ERROR_SDK_NOT_INITIALIZED"
      default: "ERROR_IO_EXCEPTION"
      }
    }
  }

  @Test(arguments: Ending.allCases)
  func connectEndsWithWhatItWaitsFor(_ ending: Ending) async throws {
    let stage = try ConnectionStage(answering: false) { $0.autoEstablishSocketConnection(false) }
    try await stage.logIn()
    let waiting = stage.client.connect()
    _ = try await stage.sockets.socket(1)
    switch ending {
    case .late: try await stage.time.pass(ConnectionStage.limit)
    case .logout: _ = stage.client.logout()
    case .disconnect: stage.client.connection.disconnect()
    case .background: stage.client.connection.rest()
    case .close: stage.client.close()
    }
    #expect(await waiting.outcome.code == ending.code)
  }

  @Test func withoutAJWTThereIsNothingToConnectWith() async throws {
    let stage = try ConnectionStage()
    stage.server.answer { _ in .init(body: #"{"data": {"uid": "ann"}}"#) }
    try await stage.logIn()
    #expect(await stage.client.connect().outcome.code == "ERROR_JSON_EXCEPTION")
    #expect(stage.sockets.opened.isEmpty)
    stage.server.answer(ConnectionStage.well)
    _ = try await stage.client.checkSession().outcome.get()
    try await stage.online()
  }

  @Test func theAppIsOfflineInTheBackground() async throws {
    let stage = try ConnectionStage()
    try await stage.logIn()
    let socket = try await stage.online()
    try await stage.expectHeard("connecting", "connected")
    stage.client.connection.rest()
    try await eventually("goodbye is said") { socket.farewell == .inBackground }
    #expect(socket.farewell?.code == 1000)
    #expect(stage.client.session?.authToken == "ann_1")
    #expect(await stage.client.connect().outcome.code == "ERROR_IO_EXCEPTION")
    try await stage.logIn("ann_2")
    try await stage.expectHeard("disconnected")
    #expect(stage.sockets.opened.count == 1)
    stage.client.connection.wake()
    try await stage.online(2)
    try await stage.expectHeard("connecting", "connected")
  }

  @Test func aRestoredSessionConnectsWhereItsServerSaid() async throws {
    let storage = MemoryStorage()
    let server = FakeServer { _ in
      ConnectionStage.me(jwt: "h.p.s", settings: #"{"CHAT_HOST": "socket.example.com", "CHAT_WSS_PORT": "443/v3.0"}"#)
    }
    let sockets = FakeSockets()
    func open() throws -> Client {
      let settings = server.builder(storage, scheme: "https").build()
      return try Client(settings, Audiences(), Realtime(sockets: sockets, time: FakeTime()))
    }
    let before = try open()
    _ = try await before.login(Attempt(.token("ann_1"))).outcome.get()
    _ = try await sockets.socket(1)
    before.close()
    let after = try open()
    defer { after.close() }
    #expect(try await sockets.socket(2).address.absoluteString == "wss://socket.example.com:443/v3.0")
    #expect(server.requests == ["PUT /me"])
  }
}

private func presence(_ uid: String, _ action: String, deviceId: String? = nil) -> String {
  let device = deviceId.map { #""deviceId": "\#($0)", "# } ?? ""
  return #"{"type": "presence", \#(device)"body": {"action": "\#(action)", "timestamp": 1700000400, "#
    + #""user": {"uid": "\#(uid)", "name": "\#(uid)"}}}"#
}
