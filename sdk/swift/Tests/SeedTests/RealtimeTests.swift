import Foundation
import Testing

@testable import UsherCalls

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Users who see each other come and go at a real server: one with the WebSocket that the platform has, the other
/// with URLSession's.
extension SeedTests {
  private struct FoundationSockets: WebSocketOpener {
    func open(_ address: URL) -> any WebSocket { FoundationWebSocket(address, .ephemeral, longest: 1 << 20) }
  }

  @Test(.timeLimit(.minutes(1)))
  func usersSeeEachOther() async throws {
    let server = try Server()
    func settings() -> CallAppSettingsBuilder {
      CallAppSettingsBuilder().setAppId(Server.appId).setHost(server.url).setStorage(MemoryStorage())
    }
    var statuses = CometChatCalls.connectionStatuses().makeAsyncIterator()
    var presences = CometChatCalls.userPresences().makeAsyncIterator()
    try await CometChatCalls.initialize(callsAppSettings: settings().subscribePresenceForAllUsers().build())
    defer { CometChatCalls.close() }
    #expect(CometChatCalls.getConnectionStatus() == .disconnected)
    try await CometChatCalls.login(UID: "cometchat-uid-1", apiKey: Server.authKey)
    #expect(await statuses.next() == .connecting)
    #expect(await statuses.next() == .connected)
    #expect(CometChatCalls.getConnectionStatus() == .connected)

    let other = try Client(settings().build(), Audiences(), Realtime(sockets: FoundationSockets()))
    defer { other.close() }
    _ = try await other.login(Attempt(.key(uid: "cometchat-uid-2", apiKey: Server.authKey))).outcome.get()
    try await other.connect().outcome.get()
    let came = try #require(await presences.next())
    #expect(came.uid == "cometchat-uid-2")
    #expect(came.name == "George Alan")
    #expect(came.status == .online)
    #expect(try #require(came.lastActiveAt) > 1_700_000_000)
    _ = try await other.logout().outcome.get()
    let went = try #require(await presences.next())
    #expect(went.uid == "cometchat-uid-2")
    #expect(went.status == .offline)

    CometChatCalls.disconnect()
    #expect(await statuses.next() == .disconnected)
    #expect(CometChatCalls.isUserLoggedIn())
    try await CometChatCalls.connect()
    #expect(await statuses.next() == .connecting)
    #expect(await statuses.next() == .connected)
    try await CometChatCalls.logout()
    #expect(await statuses.next() == .disconnected)
    do {
      try await CometChatCalls.connect()
      Issue.record("nobody is in")
    } catch {
      #expect(error.errorCode == .noUserLoggedIn)
    }
  }
}
