// Generated from spec/errors.json by spec/generate. Do not edit.

/// The codes that a server answers with.
extension CallsErrorCode {
  /// The appId header is empty or missing, the host names no app, and the server holds more than one.
  public static let emptyAppID: CallsErrorCode = "AUTH_ERR_EMPTY_APPID"
  /// The app named by the host or by the appId header does not exist.
  public static let invalidAppID: CallsErrorCode = "AUTH_ERR_INVALID_APPID"
  /// The call needs an API key and carries none.
  public static let emptyAPIKey: CallsErrorCode = "AUTH_ERR_EMPTY_APIKEY"
  /// The apikey header holds no key of this app.
  public static let unknownAPIKey: CallsErrorCode = "AUTH_ERR_APIKEY_NOT_FOUND"
  /// The key's scope does not allow the call.
  public static let noAccess: CallsErrorCode = "AUTH_ERR_NO_ACCESS"
  /// The call acts for a logged-in user and carries no auth token.
  public static let emptyAuthToken: CallsErrorCode = "AUTH_ERR_EMPTY_AUTH_TOKEN"
  /// The authToken header holds no live token of this app: unknown, revoked, or its user is gone or deactivated. One code for every reason.
  public static let unknownAuthToken: CallsErrorCode = "AUTH_ERR_AUTH_TOKEN_NOT_FOUND"
  /// No such user, or the user is deactivated.
  public static let unknownUID: CallsErrorCode = "ERR_UID_NOT_FOUND"
  /// Create with the uid of a user that exists, deactivated ones included.
  public static let uidTaken: CallsErrorCode = "ERR_UID_ALREADY_EXISTS"
  /// The auth token named in the path does not exist.
  public static let unknownPathToken: CallsErrorCode = "ERR_AUTH_TOKEN_NOT_FOUND"
  /// The body, a query parameter or a header is not as it should be; details says which field and why.
  public static let badRequest: CallsErrorCode = "ERR_BAD_REQUEST"
  /// No such path, or another method is meant.
  public static let unknownEndpoint: CallsErrorCode = "ERR_API_NOT_FOUND"
  /// The path starts with a version other than v3 or v3.0.
  public static let invalidAPIVersion: CallsErrorCode = "ERR_INVALID_API_VERSION"
  /// An error that nobody foresaw; the cause is in the server's log only.
  public static let exception: CallsErrorCode = "ERR_EXCEPTION"
  /// The database is overloaded or away; the request may be repeated.
  public static let missionFailed: CallsErrorCode = "ERR_MISSION_FAILED"
  /// From /readyz, and for a socket that is asked for while the server stops: send traffic elsewhere for now.
  public static let notReady: CallsErrorCode = "ERR_NOT_READY"
  /// The API key named in the path does not exist.
  public static let unknownPathAPIKey: CallsErrorCode = "ERR_APIKEY_NOT_FOUND"
  /// The API key of the request and the one named in the path are the same.
  public static let apiKeySelfAction: CallsErrorCode = "ERR_APIKEY_NO_SELF_ACTION"
  /// The role named in the path does not exist.
  public static let unknownRole: CallsErrorCode = "ERR_ROLE_NOT_FOUND"
  /// Create with the id of a role that exists.
  public static let roleTaken: CallsErrorCode = "ERR_ROLE_ALREADY_EXISTS"
  /// The role default always exists.
  public static let roleDeleteDenied: CallsErrorCode = "ERR_ROLE_DELETE_DENIED"
  /// The users to block include the one who blocks; none of them is blocked.
  public static let blockSelf: CallsErrorCode = "ERR_CANNOT_BLOCK_SELF"
  /// The app has as many API keys, roles or webhooks as it may have.
  public static let quotaExceeded: CallsErrorCode = "ERR_PLAN_QUOTA_RESTRICTION"
  /// A rate limit is reached, or too many wrong credentials came from this address; the request was not executed.
  public static let tooManyRequests: CallsErrorCode = "ERR_TOO_MANY_REQUESTS"
  /// A call of the management API carries no credentials.
  public static let emptyAuthHeader: CallsErrorCode = "AUTH_ERR_EMPTY_AUTH_HEADER"
  /// A call of the management API carries wrong credentials, or the management API is switched off. Ours: the documents name no code for it.
  public static let invalidAuthHeader: CallsErrorCode = "AUTH_ERR_INVALID_AUTH_HEADER"
  /// The app named in a path of the management API does not exist, or was removed for good.
  public static let unknownApp: CallsErrorCode = "ERR_APP_NOT_FOUND"
  /// Update or delete of an app that was deleted less than 30 days ago.
  public static let appArchived: CallsErrorCode = "ERR_APP_ARCHIVED"
  /// Update of an auth token with another platform than that of the device it is bound to, in an app that binds tokens to devices.
  public static let tokenUnavailable: CallsErrorCode = "ERR_AUTHTOKEN_UNAVAILABLE"
  /// The auth token named in the path is one of another user of the app.
  public static let tokenNotAccessible: CallsErrorCode = "ERR_AUTHTOKEN_NOT_ACCESSIBLE"
  /// The same request is running on another connection. Ours: the documents know no Idempotency-Key.
  public static let idempotencyKeyInUse: CallsErrorCode = "ERR_IDEMPOTENCY_KEY_IN_USE"
  /// The webhook named in the path does not exist.
  public static let unknownWebhook: CallsErrorCode = "ERR_WEBHOOK_NOT_FOUND"
  /// Create with the id of a webhook that exists. Ours: the documents name no code for it.
  public static let webhookTaken: CallsErrorCode = "ERR_WEBHOOK_ALREADY_EXISTS"
  /// The delivery named in the path does not exist, or was removed after its week. Ours.
  public static let unknownDelivery: CallsErrorCode = "ERR_DELIVERY_NOT_FOUND"
  /// The signing key named in a path of the management API does not exist, or was withdrawn or removed. Ours.
  public static let unknownSigningKey: CallsErrorCode = "ERR_SIGNING_KEY_NOT_FOUND"
}

/// The codes that the SDK gives before, or instead of, an answer of the server.
extension CallsErrorCode {
  /// The uid is empty or invalid.
  public static let invalidUID: CallsErrorCode = "ERROR_INVALID_UID"
  /// The uid contains spaces, which are not allowed.
  public static let uidWithSpace: CallsErrorCode = "ERROR_UID_WITH_SPACE"
  /// The API key is missing or invalid.
  public static let apiKeyNotFound: CallsErrorCode = "ERROR_API_KEY_NOT_FOUND"
  /// The auth token is empty.
  public static let blankAuthToken: CallsErrorCode = "ERROR_BLANK_AUTHTOKEN"
  /// The auth token contains spaces, which are not allowed.
  public static let authTokenWithSpace: CallsErrorCode = "ERROR_AUTHTOKEN_WITH_SPACE"
  /// A login is already running.
  public static let loginInProgress: CallsErrorCode = "ERROR_LOGIN_IN_PROGRESS"
  /// A method was called before init.
  public static let notInitialized: CallsErrorCode = "ERROR_SDK_NOT_INITIALIZED"
  /// Logout, or a check of the session, when nobody is logged in.
  public static let noUserLoggedIn: CallsErrorCode = "ERROR_NO_USER_LOGGED_IN"
  /// The app id, the region or the host that the SDK was initialised with cannot be used.
  public static let invalidSettings: CallsErrorCode = "ERROR_INVALID_SETTINGS"
  /// A logout, or the end of the client, came while the login was running.
  public static let loginDiscarded: CallsErrorCode = "ERROR_LOGIN_DISCARDED"
  /// The server was not reached, the connection broke, or the time limit passed.
  public static let notReached: CallsErrorCode = "ERROR_IO_EXCEPTION"
  /// The answer is not the documented JSON: a proxy's page, nothing, another shape, or about another user.
  public static let unusableAnswer: CallsErrorCode = "ERROR_JSON_EXCEPTION"
  /// The session could not be read, stored or removed on this device.
  public static let storageFailed: CallsErrorCode = "ERROR_STORAGE"
}

extension CallsErrorCode {
  /// The texts for people of the codes that the SDK itself gives.
  static let messages: [CallsErrorCode: String] = [
    .unknownAuthToken:
      "The auth token sent with the request is not valid, or not any more. Log in again.",
    .invalidUID:
      "The uid is empty, longer than 100 characters, or holds characters other than letters, digits, - and _.",
    .uidWithSpace:
      "The uid contains a space.",
    .apiKeyNotFound:
      "The API key is missing or not a key of this app.",
    .blankAuthToken:
      "The auth token is empty.",
    .authTokenWithSpace:
      "The auth token contains a space.",
    .loginInProgress:
      "Another login is still running; wait for its answer.",
    .notInitialized:
      "The SDK is not initialised: make a client with its app id and host first.",
    .noUserLoggedIn:
      "Nobody is logged in.",
    .invalidSettings:
      "The settings name no app, or no server that can be reached.",
    .loginDiscarded:
      "The login was thrown away because of a logout meanwhile.",
    .notReached:
      "The server could not be reached, or did not answer in time. Try again.",
    .unusableAnswer:
      "The server's answer cannot be used. Check that the host is the right one.",
    .storageFailed:
      "The storage of the session failed.",
  ]

  /// The codes that end a session; no other answer does.
  static let verdicts: Set<CallsErrorCode> = [
    .unknownAuthToken
  ]
}
