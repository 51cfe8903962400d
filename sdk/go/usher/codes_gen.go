// Code generated from spec/errors.json by spec/generate. DO NOT EDIT.

package usher

// The codes that a server answers with.
const (
	// CodeEmptyAppID: The appId header is empty or missing, the host names no app, and the server holds more than one.
	CodeEmptyAppID Code = "AUTH_ERR_EMPTY_APPID"
	// CodeInvalidAppID: The app named by the host or by the appId header does not exist.
	CodeInvalidAppID Code = "AUTH_ERR_INVALID_APPID"
	// CodeEmptyAPIKey: The call needs an API key and carries none.
	CodeEmptyAPIKey Code = "AUTH_ERR_EMPTY_APIKEY"
	// CodeUnknownAPIKey: The apikey header holds no key of this app.
	CodeUnknownAPIKey Code = "AUTH_ERR_APIKEY_NOT_FOUND"
	// CodeNoAccess: The key's scope does not allow the call.
	CodeNoAccess Code = "AUTH_ERR_NO_ACCESS"
	// CodeEmptyAuthToken: The call acts for a logged-in user and carries no auth token.
	CodeEmptyAuthToken Code = "AUTH_ERR_EMPTY_AUTH_TOKEN"
	// CodeUnknownAuthToken: The authToken header holds no live token of this app: unknown, revoked, or its user is gone or deactivated. One code for every reason.
	CodeUnknownAuthToken Code = "AUTH_ERR_AUTH_TOKEN_NOT_FOUND"
	// CodeUnknownUID: No such user, or the user is deactivated.
	CodeUnknownUID Code = "ERR_UID_NOT_FOUND"
	// CodeUIDTaken: Create with the uid of a user that exists, deactivated ones included.
	CodeUIDTaken Code = "ERR_UID_ALREADY_EXISTS"
	// CodeUnknownPathToken: The auth token named in the path does not exist.
	CodeUnknownPathToken Code = "ERR_AUTH_TOKEN_NOT_FOUND"
	// CodeBadRequest: The body, a query parameter or a header is not as it should be; details says which field and why.
	CodeBadRequest Code = "ERR_BAD_REQUEST"
	// CodeUnknownEndpoint: No such path, or another method is meant.
	CodeUnknownEndpoint Code = "ERR_API_NOT_FOUND"
	// CodeInvalidAPIVersion: The path starts with a version other than v3 or v3.0.
	CodeInvalidAPIVersion Code = "ERR_INVALID_API_VERSION"
	// CodeException: An error that nobody foresaw; the cause is in the server's log only.
	CodeException Code = "ERR_EXCEPTION"
	// CodeMissionFailed: The database is overloaded or away; the request may be repeated.
	CodeMissionFailed Code = "ERR_MISSION_FAILED"
	// CodeNotReady: From /readyz, and for a socket that is asked for while the server stops: send traffic elsewhere for now.
	CodeNotReady Code = "ERR_NOT_READY"
	// CodeUnknownPathAPIKey: The API key named in the path does not exist.
	CodeUnknownPathAPIKey Code = "ERR_APIKEY_NOT_FOUND"
	// CodeAPIKeySelfAction: The API key of the request and the one named in the path are the same.
	CodeAPIKeySelfAction Code = "ERR_APIKEY_NO_SELF_ACTION"
	// CodeUnknownRole: The role named in the path does not exist.
	CodeUnknownRole Code = "ERR_ROLE_NOT_FOUND"
	// CodeRoleTaken: Create with the id of a role that exists.
	CodeRoleTaken Code = "ERR_ROLE_ALREADY_EXISTS"
	// CodeRoleDeleteDenied: The role default always exists.
	CodeRoleDeleteDenied Code = "ERR_ROLE_DELETE_DENIED"
	// CodeBlockSelf: The users to block include the one who blocks; none of them is blocked.
	CodeBlockSelf Code = "ERR_CANNOT_BLOCK_SELF"
	// CodeQuotaExceeded: The app has as many API keys, roles or webhooks as it may have.
	CodeQuotaExceeded Code = "ERR_PLAN_QUOTA_RESTRICTION"
	// CodeTooManyRequests: A rate limit is reached, or too many wrong credentials came from this address; the request was not executed.
	CodeTooManyRequests Code = "ERR_TOO_MANY_REQUESTS"
	// CodeEmptyAuthHeader: A call of the management API carries no credentials.
	CodeEmptyAuthHeader Code = "AUTH_ERR_EMPTY_AUTH_HEADER"
	// CodeInvalidAuthHeader: A call of the management API carries wrong credentials, or the management API is switched off. Ours: the documents name no code for it.
	CodeInvalidAuthHeader Code = "AUTH_ERR_INVALID_AUTH_HEADER"
	// CodeUnknownApp: The app named in a path of the management API does not exist, or was removed for good.
	CodeUnknownApp Code = "ERR_APP_NOT_FOUND"
	// CodeAppArchived: Update or delete of an app that was deleted less than 30 days ago.
	CodeAppArchived Code = "ERR_APP_ARCHIVED"
	// CodeTokenUnavailable: Update of an auth token with another platform than that of the device it is bound to, in an app that binds tokens to devices.
	CodeTokenUnavailable Code = "ERR_AUTHTOKEN_UNAVAILABLE"
	// CodeTokenNotAccessible: The auth token named in the path is one of another user of the app.
	CodeTokenNotAccessible Code = "ERR_AUTHTOKEN_NOT_ACCESSIBLE"
	// CodeIdempotencyKeyInUse: The same request is running on another connection. Ours: the documents know no Idempotency-Key.
	CodeIdempotencyKeyInUse Code = "ERR_IDEMPOTENCY_KEY_IN_USE"
	// CodeUnknownWebhook: The webhook named in the path does not exist.
	CodeUnknownWebhook Code = "ERR_WEBHOOK_NOT_FOUND"
	// CodeWebhookTaken: Create with the id of a webhook that exists. Ours: the documents name no code for it.
	CodeWebhookTaken Code = "ERR_WEBHOOK_ALREADY_EXISTS"
	// CodeUnknownDelivery: The delivery named in the path does not exist, or was removed after its week. Ours.
	CodeUnknownDelivery Code = "ERR_DELIVERY_NOT_FOUND"
	// CodeUnknownSigningKey: The signing key named in a path of the management API does not exist, or was withdrawn or removed. Ours.
	CodeUnknownSigningKey Code = "ERR_SIGNING_KEY_NOT_FOUND"
)

// The codes that package calls gives before, or instead of, an answer of the server.
const (
	// CodeInvalidUID: The uid is empty or invalid.
	CodeInvalidUID Code = "ERROR_INVALID_UID"
	// CodeUIDWithSpace: The uid contains spaces, which are not allowed.
	CodeUIDWithSpace Code = "ERROR_UID_WITH_SPACE"
	// CodeAPIKeyNotFound: The API key is missing or invalid.
	CodeAPIKeyNotFound Code = "ERROR_API_KEY_NOT_FOUND"
	// CodeBlankAuthToken: The auth token is empty.
	CodeBlankAuthToken Code = "ERROR_BLANK_AUTHTOKEN"
	// CodeAuthTokenWithSpace: The auth token contains spaces, which are not allowed.
	CodeAuthTokenWithSpace Code = "ERROR_AUTHTOKEN_WITH_SPACE"
	// CodeLoginInProgress: A login is already running.
	CodeLoginInProgress Code = "ERROR_LOGIN_IN_PROGRESS"
	// CodeNotInitialized: A method was called before init.
	CodeNotInitialized Code = "ERROR_SDK_NOT_INITIALIZED"
	// CodeNoUserLoggedIn: Logout, or a check of the session, when nobody is logged in.
	CodeNoUserLoggedIn Code = "ERROR_NO_USER_LOGGED_IN"
	// CodeInvalidSettings: The app id, the region or the host that the SDK was initialised with cannot be used.
	CodeInvalidSettings Code = "ERROR_INVALID_SETTINGS"
	// CodeLoginDiscarded: A logout, or the end of the client, came while the login was running.
	CodeLoginDiscarded Code = "ERROR_LOGIN_DISCARDED"
	// CodeNotReached: The server was not reached, the connection broke, or the time limit passed.
	CodeNotReached Code = "ERROR_IO_EXCEPTION"
	// CodeUnusableAnswer: The answer is not the documented JSON: a proxy's page, nothing, another shape, or about another user.
	CodeUnusableAnswer Code = "ERROR_JSON_EXCEPTION"
	// CodeStorageFailed: The session could not be read, stored or removed on this device.
	CodeStorageFailed Code = "ERROR_STORAGE"
)

// The codes that package chat gives in place of those of package calls.
const (
	// CodeChatNotInitialized: A method was called before init.
	CodeChatNotInitialized Code = "COMETCHAT_INITIALIZATION_NOT_DONE"
	// CodeChatMissingParameters: The app id, the uid, the key or the token is missing or empty.
	CodeChatMissingParameters Code = "MISSING_PARAMETERS"
	// CodeChatInvalidUID: The uid is invalid.
	CodeChatInvalidUID Code = "INVALID_UID"
	// CodeChatLoginInProgress: A login is already running.
	CodeChatLoginInProgress Code = "LOGIN_IN_PROGRESS"
	// CodeChatNoUserLoggedIn: Logout when nobody is logged in.
	CodeChatNoUserLoggedIn Code = "USER_NOT_LOGGED_IN"
	// CodeChatFailedToFetch: The server was not reached, did not answer in time, or gave an unusable answer.
	CodeChatFailedToFetch Code = "FAILED_TO_FETCH"
)

// messages is the text for people of the codes that the SDK itself gives.
var messages = map[Code]string{
	CodeEmptyAppID:            "No app is named: send the appId header, or use a host name that starts with the app id.",
	CodeEmptyAPIKey:           "The apikey header is missing or empty.",
	CodeUnknownAPIKey:         "The API key sent with the request does not exist in this app. Check the key, and that it belongs to this app.",
	CodeEmptyAuthToken:        "The authToken header is missing or empty.",
	CodeUnknownAuthToken:      "The auth token sent with the request is not valid, or not any more. Log in again.",
	CodeBadRequest:            "Failed to validate the data sent with the request.",
	CodeMissionFailed:         "The database did not answer in time. Try again in a moment.",
	CodeNotReady:              "The server is starting, stopping, or cannot reach its database.",
	CodeUnknownPathAPIKey:     "The API key named in the path does not exist in this app.",
	CodeAPIKeySelfAction:      "An API key may not change or delete itself; use another key with the scope fullAccess.",
	CodeTooManyRequests:       "Too many requests. Wait as long as the Retry-After header says.",
	CodeEmptyAuthHeader:       "The key and secret headers, or a Basic Authorization header, are missing or empty.",
	CodeInvalidAuthHeader:     "The key and secret sent with the request are not those of the management API.",
	CodeTokenUnavailable:      "The auth token is bound to another device.",
	CodeIdempotencyKeyInUse:   "A request with this Idempotency-Key is still being answered. Try again in a moment.",
	CodeUnknownWebhook:        "The app has no such webhook.",
	CodeWebhookTaken:          "A webhook with this id exists already. Choose another id.",
	CodeUnknownDelivery:       "The webhook has no such delivery, or not any more.",
	CodeUnknownSigningKey:     "The server has no such signing key, or not any more.",
	CodeInvalidUID:            "The uid is empty, longer than 100 characters, or holds characters other than letters, digits, - and _.",
	CodeUIDWithSpace:          "The uid contains a space.",
	CodeAPIKeyNotFound:        "The API key is missing or not a key of this app.",
	CodeBlankAuthToken:        "The auth token is empty.",
	CodeAuthTokenWithSpace:    "The auth token contains a space.",
	CodeLoginInProgress:       "Another login is still running; wait for its answer.",
	CodeNotInitialized:        "The SDK is not initialised: make a client with its app id and host first.",
	CodeNoUserLoggedIn:        "Nobody is logged in.",
	CodeInvalidSettings:       "The settings name no app, or no server that can be reached.",
	CodeLoginDiscarded:        "The login was thrown away because of a logout meanwhile.",
	CodeNotReached:            "The server could not be reached, or did not answer in time. Try again.",
	CodeUnusableAnswer:        "The server's answer cannot be used. Check that the host is the right one.",
	CodeStorageFailed:         "The storage of the session failed.",
	CodeChatNotInitialized:    "CometChat is not initialised: call init first.",
	CodeChatMissingParameters: "A parameter is missing or empty.",
	CodeChatInvalidUID:        "The uid contains a space, is longer than 100 characters, or holds characters other than letters, digits, - and _.",
	CodeChatLoginInProgress:   "Another login is still running; wait for its answer.",
	CodeChatNoUserLoggedIn:    "Nobody is logged in.",
	CodeChatFailedToFetch:     "The server could not be reached, or its answer cannot be used.",
}

// verdicts are the codes that end a session.
var verdicts = map[Code]bool{
	CodeUnknownAuthToken: true,
}
