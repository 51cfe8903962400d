import Foundation
import UsherCalls

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Does the commands of the harness.
final class Driver: Sendable {
  static let shared = Driver()

  private let storage = FailingStorage()

  typealias Done = @Sendable (Outcome) -> Void

  /// What the SDK has to do at once is done when this returns.
  func run(_ command: String, _ params: JSON, of client: String, _ done: @escaping Done) {
    let failed: CometChatCalls.OnError = { done(.failure($0)) }
    let gaveUser: @MainActor @Sendable (CallsUser) -> Void = { done(.result(Outcome.user($0))) }
    switch command {
    case "new": make(params, of: client, done)
    case "login":
      CometChatCalls.login(
        UID: params["uid"].text, apiKey: params["key"].text, onSuccess: gaveUser, onError: failed)
    case "loginWithAuthToken":
      CometChatCalls.login(authToken: params["token"].text, onSuccess: gaveUser, onError: failed)
    case "loggedInUser": done(.result(Outcome.user(CometChatCalls.getLoggedInUser())))
    case "isUserLoggedIn": done(.result(.bool(CometChatCalls.isUserLoggedIn())))
    case "userAuthToken": done(.result(.text(CometChatCalls.getUserAuthToken())))
    case "logout": CometChatCalls.logout(onSuccess: { done(.result(.text($0))) }, onError: failed)
    case "checkSession": CometChatCalls.checkSession(onSuccess: gaveUser, onError: failed)
    case "close":
      CometChatCalls.close()
      done(.result(.null))
    case "addLoginListener":
      CometChatCalls.addLoginListener(
        params["listener"].text, listener(params["listener"], params["does"].list, of: client))
      done(.result(.null))
    case "removeLoginListener":
      CometChatCalls.removeLoginListener(params["listener"].text)
      done(.result(.null))
    default: runRealtime(command, params, of: client, done)
    }
  }

  private func runRealtime(_ command: String, _ params: JSON, of client: String, _ done: @escaping Done) {
    let (id, does) = (params["listener"], params["does"].list)
    switch command {
    case "connect": return CometChatCalls.connect(onSuccess: { done(.result(.null)) }, onError: { done(.failure($0)) })
    case "connectionStatus": return done(.result(.text(CometChatCalls.getConnectionStatus().rawValue)))
    case "disconnect": CometChatCalls.disconnect()
    case "addConnectionListener":
      CometChatCalls.addConnectionListener(id.text, connectionListener(id, does, of: client))
    case "removeConnectionListener": CometChatCalls.removeConnectionListener(id.text)
    case "addUserListener": CometChatCalls.addUserListener(id.text, userListener(id, does, of: client))
    case "removeUserListener": CometChatCalls.removeUserListener(id.text)
    default: return done(storage.run(command, params))
    }
    done(.result(.null))
  }

  private func make(_ params: JSON, of client: String, _ done: @escaping Done) {
    if params["uninitialised"].isTrue { return done(.result(.null)) }
    storage.open(params["store"].text, failing: params["storageFails"].list.map(\.text))
    let settings = CallAppSettingsBuilder()
      .setAppId(params["appId"].text).setRegion(params["region"].text).setHost(params["host"].text)
      .overrideAdminHost(params["adminHost"].text).overrideClientHost(params["clientHost"].text)
      .setStorage(storage).autoEstablishSocketConnection(params["connect"].isTrue)
    switch params["subscription"].text {
    case "ALL_USERS": settings.subscribePresenceForAllUsers()
    case "ROLES": settings.subscribePresenceForRoles(roles: params["roles"].list.map(\.text))
    case "FRIENDS": settings.subscribePresenceForFriends()
    default: break
    }
    if params["timeoutMs"].number > 0 { settings.setTimeout(params["timeoutMs"].number / 1000) }
    if params["urls"].isTrue {
      Addresses.client { $0 = client }
      let configuration = URLSessionConfiguration.ephemeral
      configuration.protocolClasses = [Addresses.self]
      settings.setURLSessionConfiguration(configuration)
    }
    CometChatCalls(
      callsAppSettings: settings.build(), onSuccess: { _ in done(.result(.null)) },
      onError: { error in done(error.map { .failure($0) } ?? .fault("init failed without an error")) })
  }
}
