import Foundation
import Testing

@testable import UsherCalls

/// What the conformance harness does not ask of an SDK, since it is Swift's own.
struct SessionTests {
  @Test func cancellingTheTaskGivesTheLoginUp() async throws {
    let server = FakeServer { _ in nil }
    let client = try Client(server.settings(), Audiences())
    defer { client.close() }
    let attempt = Attempt(.key(uid: "ann", apiKey: "key"))
    let settlement = client.login(attempt)
    client.discard(attempt)
    #expect(await settlement.outcome.code == "ERROR_LOGIN_DISCARDED")
    server.answer(FakeServer.well)
    #expect(try await client.logInByKey().get().uid == "ann")
  }

  @Test func nobodyIsInOnceLogoutWasCalled() async throws {
    let server = FakeServer()
    let client = try Client(server.settings(), Audiences())
    defer { client.close() }
    _ = try await client.logInByKey().get()
    let logout = client.logout()
    #expect(client.session == nil)
    #expect(try await logout.outcome.get() == "Goodbye.")
  }

  @Test func aSecondLoginIsRefusedWhenItIsCalled() async throws {
    let server = FakeServer { _ in nil }
    let client = try Client(server.settings(), Audiences())
    defer { client.close() }
    let first = client.login(Attempt(.token("ann_1")))
    #expect(await client.login(Attempt(.token(""))).outcome.code == "ERROR_LOGIN_IN_PROGRESS")
    client.close()
    #expect(await first.outcome.code == "ERROR_LOGIN_DISCARDED")
  }

  @Test func aVerdictThatComesAfterALogoutIsThrownAway() async throws {
    let server = FakeServer()
    let client = try Client(server.settings(), Audiences())
    defer { client.close() }
    _ = try await client.logInByKey().get()
    server.answer { request in
      if request.httpMethod != "GET" { return FakeServer.well(request) }
      _ = client.logout()
      return .init(status: 401, body: #"{"error": {"code": "AUTH_ERR_AUTH_TOKEN_NOT_FOUND"}}"#)
    }
    #expect(await client.checkSession().outcome.code == "ERROR_NO_USER_LOGGED_IN")
  }

  @Test func theJWTIsStoredWithTheSession() async throws {
    let (server, storage) = (FakeServer(), MemoryStorage())
    server.answer { _ in .init(body: #"{"data": {"uid": "ann", "jwt": "h.p.s"}}"#) }
    let client = try Client(server.settings(storage), Audiences())
    _ = try await client.login(Attempt(.token("ann_1"))).outcome.get()
    client.close()
    let restored = try Client(server.settings(storage), Audiences())
    defer { restored.close() }
    #expect(restored.session?.jwt == "h.p.s")
  }

  @Test func anErrorIsReadableInEveryWay() {
    let failure = CometChatCallException(.unknownUID, "No ann.", cause: POSIXFailure("open", 2))
    #expect(failure.errorDescription == "No ann.")
    #expect(failure.localizedDescription == "No ann.")
    #expect("\(failure)" == "ERR_UID_NOT_FOUND: No ann.")
    #expect(failure.userInfo[NSUnderlyingErrorKey] is POSIXFailure)
    #expect(CometChatCallException("ERR_FROM_THE_FUTURE").errorDescription == "ERR_FROM_THE_FUTURE")
  }

  @Test(arguments: [("available", UserStatus.online), ("offline", .offline), ("away", .other("away"))])
  func statusIsOpen(_ word: String, _ status: UserStatus) { #expect(UserStatus(rawValue: word) == status) }
}
