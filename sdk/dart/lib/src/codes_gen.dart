// Generated from spec/errors.json by spec/generate. Do not edit.

/// The codes that a server answers with.
abstract final class ServerCodes {
  /// The appId header is empty or missing, the host names no app, and the server holds more than one.
  static const emptyAppId = 'AUTH_ERR_EMPTY_APPID';
  /// The app named by the host or by the appId header does not exist.
  static const invalidAppId = 'AUTH_ERR_INVALID_APPID';
  /// The call needs an API key and carries none.
  static const emptyApiKey = 'AUTH_ERR_EMPTY_APIKEY';
  /// The apikey header holds no key of this app.
  static const unknownApiKey = 'AUTH_ERR_APIKEY_NOT_FOUND';
  /// The key's scope does not allow the call.
  static const noAccess = 'AUTH_ERR_NO_ACCESS';
  /// The call acts for a logged-in user and carries no auth token.
  static const emptyAuthToken = 'AUTH_ERR_EMPTY_AUTH_TOKEN';
  /// The authToken header holds no live token of this app: unknown, revoked, or its user is gone or deactivated. One code for every reason.
  static const unknownAuthToken = 'AUTH_ERR_AUTH_TOKEN_NOT_FOUND';
  /// No such user, or the user is deactivated.
  static const unknownUid = 'ERR_UID_NOT_FOUND';
  /// Create with the uid of a user that exists, deactivated ones included.
  static const uidTaken = 'ERR_UID_ALREADY_EXISTS';
  /// The auth token named in the path does not exist.
  static const unknownPathToken = 'ERR_AUTH_TOKEN_NOT_FOUND';
  /// The body, a query parameter or a header is not as it should be; details says which field and why.
  static const badRequest = 'ERR_BAD_REQUEST';
  /// No such path, or another method is meant.
  static const unknownEndpoint = 'ERR_API_NOT_FOUND';
  /// The path starts with a version other than v3 or v3.0.
  static const invalidApiVersion = 'ERR_INVALID_API_VERSION';
  /// An error that nobody foresaw; the cause is in the server's log only.
  static const exception = 'ERR_EXCEPTION';
  /// The database is overloaded or away; the request may be repeated.
  static const missionFailed = 'ERR_MISSION_FAILED';
  /// From /readyz, and for a socket that is asked for while the server stops: send traffic elsewhere for now.
  static const notReady = 'ERR_NOT_READY';
  /// The API key named in the path does not exist.
  static const unknownPathApiKey = 'ERR_APIKEY_NOT_FOUND';
  /// The API key of the request and the one named in the path are the same.
  static const apiKeySelfAction = 'ERR_APIKEY_NO_SELF_ACTION';
  /// The role named in the path does not exist.
  static const unknownRole = 'ERR_ROLE_NOT_FOUND';
  /// Create with the id of a role that exists.
  static const roleTaken = 'ERR_ROLE_ALREADY_EXISTS';
  /// The role default always exists.
  static const roleDeleteDenied = 'ERR_ROLE_DELETE_DENIED';
  /// The users to block include the one who blocks; none of them is blocked.
  static const blockSelf = 'ERR_CANNOT_BLOCK_SELF';
  /// The app has as many API keys, roles or webhooks as it may have.
  static const quotaExceeded = 'ERR_PLAN_QUOTA_RESTRICTION';
  /// A rate limit is reached, or too many wrong credentials came from this address; the request was not executed.
  static const tooManyRequests = 'ERR_TOO_MANY_REQUESTS';
  /// A call of the management API carries no credentials.
  static const emptyAuthHeader = 'AUTH_ERR_EMPTY_AUTH_HEADER';
  /// A call of the management API carries wrong credentials, or the management API is switched off. Ours: the documents name no code for it.
  static const invalidAuthHeader = 'AUTH_ERR_INVALID_AUTH_HEADER';
  /// The app named in a path of the management API does not exist, or was removed for good.
  static const unknownApp = 'ERR_APP_NOT_FOUND';
  /// Update or delete of an app that was deleted less than 30 days ago.
  static const appArchived = 'ERR_APP_ARCHIVED';
  /// Update of an auth token with another platform than that of the device it is bound to, in an app that binds tokens to devices.
  static const tokenUnavailable = 'ERR_AUTHTOKEN_UNAVAILABLE';
  /// The auth token named in the path is one of another user of the app.
  static const tokenNotAccessible = 'ERR_AUTHTOKEN_NOT_ACCESSIBLE';
  /// The same request is running on another connection. Ours: the documents know no Idempotency-Key.
  static const idempotencyKeyInUse = 'ERR_IDEMPOTENCY_KEY_IN_USE';
  /// The webhook named in the path does not exist.
  static const unknownWebhook = 'ERR_WEBHOOK_NOT_FOUND';
  /// Create with the id of a webhook that exists. Ours: the documents name no code for it.
  static const webhookTaken = 'ERR_WEBHOOK_ALREADY_EXISTS';
  /// The delivery named in the path does not exist, or was removed after its week. Ours.
  static const unknownDelivery = 'ERR_DELIVERY_NOT_FOUND';
  /// The signing key named in a path of the management API does not exist, or was withdrawn or removed. Ours.
  static const unknownSigningKey = 'ERR_SIGNING_KEY_NOT_FOUND';
}

/// The codes that the SDK gives before, or instead of, an answer of the server.
abstract final class CallsCodes {
  /// The uid is empty or invalid.
  static const invalidUid = 'ERROR_INVALID_UID';
  /// The uid contains spaces, which are not allowed.
  static const uidWithSpace = 'ERROR_UID_WITH_SPACE';
  /// The API key is missing or invalid.
  static const apiKeyNotFound = 'ERROR_API_KEY_NOT_FOUND';
  /// The auth token is empty.
  static const blankAuthToken = 'ERROR_BLANK_AUTHTOKEN';
  /// The auth token contains spaces, which are not allowed.
  static const authTokenWithSpace = 'ERROR_AUTHTOKEN_WITH_SPACE';
  /// A login is already running.
  static const loginInProgress = 'ERROR_LOGIN_IN_PROGRESS';
  /// A method was called before init.
  static const notInitialized = 'ERROR_SDK_NOT_INITIALIZED';
  /// Logout, or a check of the session, when nobody is logged in.
  static const noUserLoggedIn = 'ERROR_NO_USER_LOGGED_IN';
  /// The app id, the region or the host that the SDK was initialised with cannot be used.
  static const invalidSettings = 'ERROR_INVALID_SETTINGS';
  /// A logout, or the end of the client, came while the login was running.
  static const loginDiscarded = 'ERROR_LOGIN_DISCARDED';
  /// The server was not reached, the connection broke, or the time limit passed.
  static const notReached = 'ERROR_IO_EXCEPTION';
  /// The answer is not the documented JSON: a proxy's page, nothing, another shape, or about another user.
  static const unusableAnswer = 'ERROR_JSON_EXCEPTION';
  /// The session could not be read, stored or removed on this device.
  static const storageFailed = 'ERROR_STORAGE';
}

/// The texts for people of the codes that the SDK itself gives.
const messages = {
  'AUTH_ERR_AUTH_TOKEN_NOT_FOUND': 'The auth token sent with the request is not valid, or not any more. Log in again.',
  'ERROR_INVALID_UID': 'The uid is empty, longer than 100 characters, or holds characters other than letters, digits, - and _.',
  'ERROR_UID_WITH_SPACE': 'The uid contains a space.',
  'ERROR_API_KEY_NOT_FOUND': 'The API key is missing or not a key of this app.',
  'ERROR_BLANK_AUTHTOKEN': 'The auth token is empty.',
  'ERROR_AUTHTOKEN_WITH_SPACE': 'The auth token contains a space.',
  'ERROR_LOGIN_IN_PROGRESS': 'Another login is still running; wait for its answer.',
  'ERROR_SDK_NOT_INITIALIZED': 'The SDK is not initialised: make a client with its app id and host first.',
  'ERROR_NO_USER_LOGGED_IN': 'Nobody is logged in.',
  'ERROR_INVALID_SETTINGS': 'The settings name no app, or no server that can be reached.',
  'ERROR_LOGIN_DISCARDED': 'The login was thrown away because of a logout meanwhile.',
  'ERROR_IO_EXCEPTION': 'The server could not be reached, or did not answer in time. Try again.',
  'ERROR_JSON_EXCEPTION': 'The server\'s answer cannot be used. Check that the host is the right one.',
  'ERROR_STORAGE': 'The storage of the session failed.',
};

/// The codes that end a session; no other answer does.
const verdicts = {
  'AUTH_ERR_AUTH_TOKEN_NOT_FOUND',
};
