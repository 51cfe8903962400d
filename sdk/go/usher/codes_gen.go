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
	// CodeNotReady: Only from /readyz: send traffic elsewhere for now.
	CodeNotReady Code = "ERR_NOT_READY"
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
	// CodeNoUserLoggedIn: Logout without a session.
	CodeNoUserLoggedIn Code = "ERROR_NO_USER_LOGGED_IN"
)

// messages is the text for people of the codes that package calls gives.
var messages = map[Code]string{
	CodeInvalidUID:         "The uid is empty, longer than 100 characters, or holds characters other than letters, digits, - and _.",
	CodeUIDWithSpace:       "The uid contains a space.",
	CodeAPIKeyNotFound:     "The API key is missing or not a key of this app.",
	CodeBlankAuthToken:     "The auth token is empty.",
	CodeAuthTokenWithSpace: "The auth token contains a space.",
	CodeLoginInProgress:    "Another login is still running; wait for its answer.",
	CodeNotInitialized:     "The SDK is not initialised: make a client with its app id and host first.",
	CodeNoUserLoggedIn:     "Nobody is logged in.",
}
