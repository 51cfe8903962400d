import Foundation

/// Logs one user of a calling app in and out, and remembers who is in.
///
/// Methods that send requests settle within the time limit of each. They take effect when they are called:
/// after `logout` was called nobody is in, whatever the server says. Closures are called on the main actor.
/// Each method has an `async` form beside the one with closures.
///
/// ```swift
/// let settings = CallAppSettingsBuilder().setAppId("usher-dev").setHost("http://127.0.0.1:8080").build()
/// try await CometChatCalls.initialize(callsAppSettings: settings)
/// let user = try await CometChatCalls.login(authToken: token)
/// ```
///
/// ## Topics
/// ### Start
/// - ``init(callsAppSettings:onSuccess:onError:)``
/// - ``initialize(callsAppSettings:)``
/// ### Log in and out
/// - ``login(UID:apiKey:onSuccess:onError:)``
/// - ``login(authToken:onSuccess:onError:)``
/// - ``logout(onSuccess:onError:)``
/// ### See who is online
/// - ``getConnectionStatus()``
/// - ``addConnectionListener(_:_:)``
/// - ``addUserListener(_:_:)``
/// - ``connect(onSuccess:onError:)``
/// - ``disconnect()``
public final class CometChatCalls: NSObject, Sendable {
  /// Hears how a call failed.
  public typealias OnError = @MainActor @Sendable (CometChatCallException) -> Void

  static let client = Locked<Client?>(nil)
  static let audiences = Audiences()

  /// Says which app on which server, and takes up the stored session: when this returns, the getters know
  /// who is in. It sends no request but for logouts that are still to be told.
  ///
  /// - Parameters:
  ///   - onError: gets `ERROR_INVALID_SETTINGS` or `ERROR_STORAGE`. The documents have the error optional
  ///     here, and nowhere else; it is never nil.
  #if canImport(ObjectiveC)
    @objc(initWithCallsAppSettings:onSuccess:onError:)
  #endif
  @discardableResult
  public init(
    callsAppSettings: CallAppSettings,
    onSuccess: @escaping @MainActor @Sendable (String) -> Void,
    onError: @escaping @MainActor @Sendable (CometChatCallException?) -> Void
  ) {
    super.init()
    let opened = Self.open(callsAppSettings)
    Task { @MainActor in
      switch opened {
      case .success: onSuccess("Initialised.")
      case .failure(let failure): onError(failure)
      }
    }
  }

  /// The logged-in user, or nil. It sends no request: the server may have ended the session meanwhile.
  #if canImport(ObjectiveC)
    @objc
  #endif
  public static func getLoggedInUser() -> CallsUser? { current?.session.map { CallsUser($0.user) } }

  /// Whether somebody is logged in. It sends no request.
  #if canImport(ObjectiveC)
    @objc
  #endif
  public static func isUserLoggedIn() -> Bool { current?.session != nil }

  /// The session's auth token, or an empty text. Whoever has it can act as the user: keep it out of logs.
  #if canImport(ObjectiveC)
    @objc
  #endif
  public static func getUserAuthToken() -> String { current?.session?.authToken ?? "" }

  /// Logs a user in with an API key: for development only, since a key in an app is a key in everybody's
  /// hands. It is always safe to call: the user who is in already is given without a request, another one is
  /// replaced once the new login has succeeded.
  ///
  /// Codes, in the order of the checks: `ERROR_SDK_NOT_INITIALIZED`, `ERROR_LOGIN_IN_PROGRESS`,
  /// `ERROR_INVALID_UID`, `ERROR_UID_WITH_SPACE`, `ERROR_API_KEY_NOT_FOUND`, the server's,
  /// `ERROR_IO_EXCEPTION`, `ERROR_JSON_EXCEPTION`, `ERROR_STORAGE`; `ERROR_LOGIN_DISCARDED` when `logout`
  /// came meanwhile.
  #if canImport(ObjectiveC)
    @objc(loginWithUID:apiKey:onSuccess:onError:)
  #endif
  public static func login(
    UID: String, apiKey: String,
    onSuccess: @escaping @MainActor @Sendable (CallsUser) -> Void, onError: @escaping OnError
  ) {
    tell(begin(Attempt(.key(uid: UID, apiKey: apiKey))), onSuccess, onError)
  }

  /// Logs in the user whom a token of the app's back end belongs to.
  ///
  /// Codes as for ``login(UID:apiKey:onSuccess:onError:)``, with `ERROR_BLANK_AUTHTOKEN` and
  /// `ERROR_AUTHTOKEN_WITH_SPACE` in place of those of uid and key; `AUTH_ERR_AUTH_TOKEN_NOT_FOUND` for a
  /// token that is no good.
  #if canImport(ObjectiveC)
    @objc(loginWithAuthToken:onSuccess:onError:)
  #endif
  public static func login(
    authToken: String,
    onSuccess: @escaping @MainActor @Sendable (CallsUser) -> Void, onError: @escaping OnError
  ) {
    tell(begin(Attempt(.token(authToken))), onSuccess, onError)
  }

  /// Ends the session, here at once and on the server; gives the server's message. Without a network it
  /// succeeds too, and the server is told later. Codes: `ERROR_SDK_NOT_INITIALIZED`,
  /// `ERROR_NO_USER_LOGGED_IN`, `ERROR_STORAGE`.
  #if canImport(ObjectiveC)
    @objc(logoutOnSuccess:onError:)
  #endif
  public static func logout(
    onSuccess: @escaping @MainActor @Sendable (String) -> Void, onError: @escaping OnError
  ) {
    tell(current?.logout() ?? uninitialized(), onSuccess, onError)
  }

  /// Asks the server whether the session is still good; gives the user as they are now. Only
  /// `AUTH_ERR_AUTH_TOKEN_NOT_FOUND` ends the session. Other codes: `ERROR_SDK_NOT_INITIALIZED`,
  /// `ERROR_NO_USER_LOGGED_IN`, the server's, `ERROR_IO_EXCEPTION`, `ERROR_JSON_EXCEPTION`.
  #if canImport(ObjectiveC)
    @objc(checkSessionOnSuccess:onError:)
  #endif
  public static func checkSession(
    onSuccess: @escaping @MainActor @Sendable (CallsUser) -> Void, onError: @escaping OnError
  ) {
    tell(current?.checkSession() ?? uninitialized(), onSuccess, onError)
  }

  /// As before it was initialised; what is stored stays, and the next start takes it up.
  #if canImport(ObjectiveC)
    @objc
  #endif
  public static func close() { replaceClient(nil) }

  /// Makes a listener hear of what happens from now on. One with the same id is replaced.
  public static func addLoginListener(_ id: String, _ listener: CallsLoginListener) {
    audiences.logins.add(id, listener)
  }

  /// Ends that a listener hears anything. It is no error when there is none.
  public static func removeLoginListener(_ id: String) { audiences.logins.remove(id) }
}

extension CometChatCalls {
  static var current: Client? { client { $0 } }

  static func open(_ settings: CallAppSettings) -> Result<Void, CometChatCallException> {
    replaceClient(nil)
    do {
      replaceClient(try Client(settings, audiences))
      return .success(())
    } catch {
      return .failure(error as? CometChatCallException ?? CometChatCallException(.storageFailed, cause: error))
    }
  }

  static func begin(_ attempt: Attempt) -> Settlement<CallsUser> { current?.login(attempt) ?? uninitialized() }

  static func discard(_ attempt: Attempt) { current?.discard(attempt) }

  static func uninitialized<Value>() -> Settlement<Value> {
    Settlement(.failure(CometChatCallException(.notInitialized)))
  }

  private static func replaceClient(_ next: Client?) {
    let previous = client { client in
      defer { client = next }
      return client
    }
    previous?.close()
  }

  static func tell<Value>(
    _ settlement: Settlement<Value>, _ onSuccess: @escaping @MainActor @Sendable (Value) -> Void,
    _ onError: @escaping OnError
  ) {
    Task { @MainActor in
      switch await settlement.outcome {
      case .success(let value): onSuccess(value)
      case .failure(let failure): onError(failure)
      }
    }
  }
}
