// Generated from spec/errors.json by spec/generate. Do not edit.

/** The codes that a server answers with. */
export const serverCodes = {
  /** The appId header is empty or missing, the host names no app, and the server holds more than one. */
  EmptyAppID: "AUTH_ERR_EMPTY_APPID",
  /** The app named by the host or by the appId header does not exist. */
  InvalidAppID: "AUTH_ERR_INVALID_APPID",
  /** The call needs an API key and carries none. */
  EmptyAPIKey: "AUTH_ERR_EMPTY_APIKEY",
  /** The apikey header holds no key of this app. */
  UnknownAPIKey: "AUTH_ERR_APIKEY_NOT_FOUND",
  /** The key's scope does not allow the call. */
  NoAccess: "AUTH_ERR_NO_ACCESS",
  /** The call acts for a logged-in user and carries no auth token. */
  EmptyAuthToken: "AUTH_ERR_EMPTY_AUTH_TOKEN",
  /** The authToken header holds no live token of this app: unknown, revoked, or its user is gone or deactivated. One code for every reason. */
  UnknownAuthToken: "AUTH_ERR_AUTH_TOKEN_NOT_FOUND",
  /** No such user, or the user is deactivated. */
  UnknownUID: "ERR_UID_NOT_FOUND",
  /** Create with the uid of a user that exists, deactivated ones included. */
  UIDTaken: "ERR_UID_ALREADY_EXISTS",
  /** The auth token named in the path does not exist. */
  UnknownPathToken: "ERR_AUTH_TOKEN_NOT_FOUND",
  /** The body, a query parameter or a header is not as it should be; details says which field and why. */
  BadRequest: "ERR_BAD_REQUEST",
  /** No such path, or another method is meant. */
  UnknownEndpoint: "ERR_API_NOT_FOUND",
  /** The path starts with a version other than v3 or v3.0. */
  InvalidAPIVersion: "ERR_INVALID_API_VERSION",
  /** An error that nobody foresaw; the cause is in the server's log only. */
  Exception: "ERR_EXCEPTION",
  /** The database is overloaded or away; the request may be repeated. */
  MissionFailed: "ERR_MISSION_FAILED",
  /** From /readyz, and for a socket that is asked for while the server stops: send traffic elsewhere for now. */
  NotReady: "ERR_NOT_READY",
  /** The API key named in the path does not exist. */
  UnknownPathAPIKey: "ERR_APIKEY_NOT_FOUND",
  /** The API key of the request and the one named in the path are the same. */
  APIKeySelfAction: "ERR_APIKEY_NO_SELF_ACTION",
  /** The role named in the path does not exist. */
  UnknownRole: "ERR_ROLE_NOT_FOUND",
  /** Create with the id of a role that exists. */
  RoleTaken: "ERR_ROLE_ALREADY_EXISTS",
  /** The role default always exists. */
  RoleDeleteDenied: "ERR_ROLE_DELETE_DENIED",
  /** The users to block include the one who blocks; none of them is blocked. */
  BlockSelf: "ERR_CANNOT_BLOCK_SELF",
  /** The app has as many API keys, roles or webhooks as it may have. */
  QuotaExceeded: "ERR_PLAN_QUOTA_RESTRICTION",
  /** A rate limit is reached, or too many wrong credentials came from this address; the request was not executed. */
  TooManyRequests: "ERR_TOO_MANY_REQUESTS",
  /** A call of the management API carries no credentials. */
  EmptyAuthHeader: "AUTH_ERR_EMPTY_AUTH_HEADER",
  /** A call of the management API carries wrong credentials, or the management API is switched off. Ours: the documents name no code for it. */
  InvalidAuthHeader: "AUTH_ERR_INVALID_AUTH_HEADER",
  /** The app named in a path of the management API does not exist, or was removed for good. */
  UnknownApp: "ERR_APP_NOT_FOUND",
  /** Update or delete of an app that was deleted less than 30 days ago. */
  AppArchived: "ERR_APP_ARCHIVED",
  /** Update of an auth token with another platform than that of the device it is bound to, in an app that binds tokens to devices. */
  TokenUnavailable: "ERR_AUTHTOKEN_UNAVAILABLE",
  /** The auth token named in the path is one of another user of the app. */
  TokenNotAccessible: "ERR_AUTHTOKEN_NOT_ACCESSIBLE",
  /** The same request is running on another connection. Ours: the documents know no Idempotency-Key. */
  IdempotencyKeyInUse: "ERR_IDEMPOTENCY_KEY_IN_USE",
  /** The webhook named in the path does not exist. */
  UnknownWebhook: "ERR_WEBHOOK_NOT_FOUND",
  /** Create with the id of a webhook that exists. Ours: the documents name no code for it. */
  WebhookTaken: "ERR_WEBHOOK_ALREADY_EXISTS",
  /** The delivery named in the path does not exist, or was removed after its week. Ours. */
  UnknownDelivery: "ERR_DELIVERY_NOT_FOUND",
  /** The signing key named in a path of the management API does not exist, or was withdrawn or removed. Ours. */
  UnknownSigningKey: "ERR_SIGNING_KEY_NOT_FOUND",
} as const;

/** The codes that CometChatCalls gives before, or instead of, an answer of the server. */
export const callsCodes = {
  /** The uid is empty or invalid. */
  InvalidUID: "ERROR_INVALID_UID",
  /** The uid contains spaces, which are not allowed. */
  UIDWithSpace: "ERROR_UID_WITH_SPACE",
  /** The API key is missing or invalid. */
  APIKeyNotFound: "ERROR_API_KEY_NOT_FOUND",
  /** The auth token is empty. */
  BlankAuthToken: "ERROR_BLANK_AUTHTOKEN",
  /** The auth token contains spaces, which are not allowed. */
  AuthTokenWithSpace: "ERROR_AUTHTOKEN_WITH_SPACE",
  /** A login is already running. */
  LoginInProgress: "ERROR_LOGIN_IN_PROGRESS",
  /** A method was called before init. */
  NotInitialized: "ERROR_SDK_NOT_INITIALIZED",
  /** Logout, or a check of the session, when nobody is logged in. */
  NoUserLoggedIn: "ERROR_NO_USER_LOGGED_IN",
  /** The app id, the region or the host that the SDK was initialised with cannot be used. */
  InvalidSettings: "ERROR_INVALID_SETTINGS",
  /** A logout, or the end of the client, came while the login was running. */
  LoginDiscarded: "ERROR_LOGIN_DISCARDED",
  /** The server was not reached, the connection broke, or the time limit passed. */
  NotReached: "ERROR_IO_EXCEPTION",
  /** The answer is not the documented JSON: a proxy's page, nothing, another shape, or about another user. */
  UnusableAnswer: "ERROR_JSON_EXCEPTION",
  /** The session could not be read, stored or removed on this device. */
  StorageFailed: "ERROR_STORAGE",
} as const;

/** The codes that CometChat gives in place of those of CometChatCalls. */
export const chatCodes = {
  /** A method was called before init. */
  ChatNotInitialized: "COMETCHAT_INITIALIZATION_NOT_DONE",
  /** The app id, the uid, the key or the token is missing or empty. */
  ChatMissingParameters: "MISSING_PARAMETERS",
  /** The uid is invalid. */
  ChatInvalidUID: "INVALID_UID",
  /** A login is already running. */
  ChatLoginInProgress: "LOGIN_IN_PROGRESS",
  /** Logout when nobody is logged in. */
  ChatNoUserLoggedIn: "USER_NOT_LOGGED_IN",
  /** The server was not reached, did not answer in time, or gave an unusable answer. */
  ChatFailedToFetch: "FAILED_TO_FETCH",
} as const;

/** The texts for people of the codes that the SDK itself gives. */
export const messages: Readonly<Record<string, string>> = {
  AUTH_ERR_AUTH_TOKEN_NOT_FOUND: "The auth token sent with the request is not valid, or not any more. Log in again.",
  ERROR_INVALID_UID: "The uid is empty, longer than 100 characters, or holds characters other than letters, digits, - and _.",
  ERROR_UID_WITH_SPACE: "The uid contains a space.",
  ERROR_API_KEY_NOT_FOUND: "The API key is missing or not a key of this app.",
  ERROR_BLANK_AUTHTOKEN: "The auth token is empty.",
  ERROR_AUTHTOKEN_WITH_SPACE: "The auth token contains a space.",
  ERROR_LOGIN_IN_PROGRESS: "Another login is still running; wait for its answer.",
  ERROR_SDK_NOT_INITIALIZED: "The SDK is not initialised: make a client with its app id and host first.",
  ERROR_NO_USER_LOGGED_IN: "Nobody is logged in.",
  ERROR_INVALID_SETTINGS: "The settings name no app, or no server that can be reached.",
  ERROR_LOGIN_DISCARDED: "The login was thrown away because of a logout meanwhile.",
  ERROR_IO_EXCEPTION: "The server could not be reached, or did not answer in time. Try again.",
  ERROR_JSON_EXCEPTION: "The server's answer cannot be used. Check that the host is the right one.",
  ERROR_STORAGE: "The storage of the session failed.",
  COMETCHAT_INITIALIZATION_NOT_DONE: "CometChat is not initialised: call init first.",
  MISSING_PARAMETERS: "A parameter is missing or empty.",
  INVALID_UID: "The uid contains a space, is longer than 100 characters, or holds characters other than letters, digits, - and _.",
  LOGIN_IN_PROGRESS: "Another login is still running; wait for its answer.",
  USER_NOT_LOGGED_IN: "Nobody is logged in.",
  FAILED_TO_FETCH: "The server could not be reached, or its answer cannot be used.",
};

/** The codes that end a session; no other answer does. */
export const verdicts: readonly string[] = [
  "AUTH_ERR_AUTH_TOKEN_NOT_FOUND",
];
