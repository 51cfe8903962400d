import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Which app on which server, and how to talk to it. ``CallAppSettingsBuilder`` makes it.
public final class CallAppSettings: NSObject, Sendable {
  struct Values: Sendable {
    var appId = ""
    var region = ""
    var host = ""
    var adminHost = ""
    var clientHost = ""
    var timeout: TimeInterval = 15
    var storage: (any CallsStorage)?
    var configuration: URLSessionConfiguration?
    var connects = true
    var subscription: Subscription?
  }

  let values: Values

  fileprivate init(_ values: Values) { self.values = values }
}

/// Makes settings in the words of the Calls SDK. An app id is needed, and a region or a host.
///
/// ```swift
/// let settings = CallAppSettingsBuilder().setAppId("usher-dev").setHost("http://127.0.0.1:8080").build()
/// ```
#if canImport(ObjectiveC)
  @objcMembers
#endif
public final class CallAppSettingsBuilder: NSObject {
  // One property: Objective-C would take the setters of many for the methods below.
  private var values = CallAppSettings.Values()

  /// The id of the app.
  @discardableResult
  public func setAppId(_ appId: String) -> Self {
    values.appId = appId
    return self
  }

  /// The region of the app, such as `eu`; needed unless a host is named.
  @discardableResult
  public func setRegion(_ region: String) -> Self {
    values.region = region
    return self
  }

  /// The URL of an Usher server, such as `https://auth.example.com/v3`. Without a scheme it is https.
  @discardableResult
  public func setHost(_ host: String) -> Self {
    values.host = host
    return self
  }

  /// In place of the host, for calls with an API key.
  @discardableResult
  public func overrideAdminHost(_ host: String) -> Self {
    values.adminHost = host
    return self
  }

  /// In place of the host, for calls with an auth token.
  @discardableResult
  public func overrideClientHost(_ host: String) -> Self {
    values.clientHost = host
    return self
  }

  /// The time limit of one request, its answer included, in seconds; 15 unless it is set.
  @discardableResult
  public func setTimeout(_ seconds: TimeInterval) -> Self {
    values.timeout = seconds
    return self
  }

  /// Where the session is kept: by default the Keychain on Apple's platforms, files of the user elsewhere.
  @discardableResult
  public func setStorage(_ storage: any CallsStorage) -> Self {
    values.storage = storage
    return self
  }

  /// How connections are made, for proxies and tests. Cookies and caches of it are not used.
  @discardableResult
  public func setURLSessionConfiguration(_ configuration: URLSessionConfiguration) -> Self {
    values.configuration = configuration
    return self
  }

  /// Whether whoever is logged in is connected in realtime without the app doing anything; true unless it is
  /// set. With false, ``CometChatCalls/connect(onSuccess:onError:)`` connects.
  @discardableResult
  public func autoEstablishSocketConnection(_ connects: Bool) -> Self {
    values.connects = connects
    return self
  }

  /// Has user listeners hear of every other user of the app. Without one of the three methods they hear of
  /// nobody; of several the last counts.
  @discardableResult
  public func subscribePresenceForAllUsers() -> Self {
    values.subscription = .allUsers
    return self
  }

  /// Has user listeners hear of the users of some roles; without roles, of all users.
  @discardableResult
  public func subscribePresenceForRoles(roles: [String]) -> Self {
    values.subscription = .roles(roles)
    return self
  }

  /// Has user listeners hear of friends. Usher has none, so that nobody is heard of.
  @discardableResult
  public func subscribePresenceForFriends() -> Self {
    values.subscription = .friends
    return self
  }

  /// The settings as they are now. They are checked when the SDK is initialised with them.
  public func build() -> CallAppSettings { CallAppSettings(values) }
}
