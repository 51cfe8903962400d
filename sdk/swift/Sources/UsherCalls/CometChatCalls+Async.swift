extension CometChatCalls {
  /// As ``init(callsAppSettings:onSuccess:onError:)``.
  public static func initialize(callsAppSettings: CallAppSettings) async throws(CometChatCallException) {
    try open(callsAppSettings).get()
  }

  /// As ``login(UID:apiKey:onSuccess:onError:)``. A task that is cancelled gives the login up, with
  /// `ERROR_LOGIN_DISCARDED`.
  @discardableResult
  public static func login(UID: String, apiKey: String) async throws(CometChatCallException) -> CallsUser {
    try await run(Attempt(.key(uid: UID, apiKey: apiKey)))
  }

  /// As ``login(authToken:onSuccess:onError:)``. A task that is cancelled gives the login up, with
  /// `ERROR_LOGIN_DISCARDED`.
  @discardableResult
  public static func login(authToken: String) async throws(CometChatCallException) -> CallsUser {
    try await run(Attempt(.token(authToken)))
  }

  /// As ``logout(onSuccess:onError:)``. It cannot be cancelled.
  @discardableResult
  public static func logout() async throws(CometChatCallException) -> String {
    try await (current?.logout() ?? uninitialized()).outcome.get()
  }

  /// As ``checkSession(onSuccess:onError:)``. It cannot be cancelled.
  @discardableResult
  public static func checkSession() async throws(CometChatCallException) -> CallsUser {
    try await (current?.checkSession() ?? uninitialized()).outcome.get()
  }

  private static func run(_ attempt: Attempt) async throws(CometChatCallException) -> CallsUser {
    let settlement = begin(attempt)
    let outcome = await withTaskCancellationHandler {
      await settlement.outcome
    } onCancel: {
      discard(attempt)
    }
    return try outcome.get()
  }
}
