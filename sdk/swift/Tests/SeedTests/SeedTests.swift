import Testing
import UsherCalls

/// The documents' samples, run in the order of a reader against a real server.
@Suite(.serialized)
struct SeedTests {
  @Test(.timeLimit(.minutes(1)))
  func samplesDoWhatTheDocumentsSay() async throws {
    let server = try Server()
    let settings = CallAppSettingsBuilder().setAppId(Server.appId).setHost(server.url)
      .setStorage(MemoryStorage()).build()
    CometChatCalls(
      callsAppSettings: settings, onSuccess: { _ in print("Initialised") },
      onError: { error in print("Init failed: \(error?.errorDescription ?? "")") })
    #expect(await printed() == "Initialised")
    defer { CometChatCalls.close() }

    credentials.apiKey = "no-such-key"
    loginWithUIDAndAPIKey()
    #expect(await printed() == "Login failed: The API key is missing or not a key of this app.")

    credentials.apiKey = Server.authKey
    loginWithUIDAndAPIKey()
    #expect(await printed() == "Login successful: cometchat-uid-1")
    checkLoginStatus()
    #expect(await printed() == "User already logged in: cometchat-uid-1")
    let user = try #require(CometChatCalls.getLoggedInUser())
    #expect(user.name == "Andrew Joseph")
    #expect(user.status == .online)

    // Somebody is in: neither prints anything before the logout.
    loginWithUIDAndAPIKey()
    logout()
    #expect(await printed() == "Logout successful")
    checkLoginStatus()
    logout()
    #expect(await printed() == "Logout failed: Nobody is logged in.")

    credentials.authToken = ""
    loginWithAuthToken()
    #expect(await printed() == "Login failed: The auth token is empty.")
    credentials.authToken = try await server.issueToken("cometchat-uid-2")
    loginWithAuthToken()
    #expect(await printed() == "Login successful: cometchat-uid-2")
  }

  @Test(.timeLimit(.minutes(1)))
  func asyncFormsDoTheSame() async throws {
    let server = try Server()
    let settings = CallAppSettingsBuilder().setAppId(Server.appId).setHost(server.url)
      .setStorage(MemoryStorage()).build()
    try await CometChatCalls.initialize(callsAppSettings: settings)
    defer { CometChatCalls.close() }
    #expect(try await CometChatCalls.login(UID: "cometchat-uid-1", apiKey: Server.authKey).uid == "cometchat-uid-1")
    #expect(try await CometChatCalls.checkSession() == CometChatCalls.getLoggedInUser())
    #expect(try await !CometChatCalls.logout().isEmpty)
    let token = try await server.issueToken("cometchat-uid-3")
    #expect(try await CometChatCalls.login(authToken: token).uid == "cometchat-uid-3")
    do {
      try await CometChatCalls.login(UID: "ann lee", apiKey: "")
    } catch {
      #expect(error.errorCode == .uidWithSpace)
    }
  }
}
