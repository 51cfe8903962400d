// Code generated from spec/errors.json by spec/generate. DO NOT EDIT.

package fault

// The codes a server answers with.
const (
	// CodeEmptyAppID (HTTP 400): The appId header is empty or missing, the host names no app, and the server holds more than one.
	CodeEmptyAppID Code = "AUTH_ERR_EMPTY_APPID"
	// CodeInvalidAppID (HTTP 404): The app named by the host or by the appId header does not exist.
	CodeInvalidAppID Code = "AUTH_ERR_INVALID_APPID"
	// CodeEmptyAPIKey (HTTP 401): The call needs an API key and carries none.
	CodeEmptyAPIKey Code = "AUTH_ERR_EMPTY_APIKEY"
	// CodeUnknownAPIKey (HTTP 401): The apikey header holds no key of this app.
	CodeUnknownAPIKey Code = "AUTH_ERR_APIKEY_NOT_FOUND"
	// CodeNoAccess (HTTP 403): The key's scope does not allow the call.
	CodeNoAccess Code = "AUTH_ERR_NO_ACCESS"
	// CodeEmptyAuthToken (HTTP 401): The call acts for a logged-in user and carries no auth token.
	CodeEmptyAuthToken Code = "AUTH_ERR_EMPTY_AUTH_TOKEN"
	// CodeUnknownAuthToken (HTTP 401): The authToken header holds no live token of this app: unknown, revoked, or its user is gone or deactivated. One code for every reason.
	CodeUnknownAuthToken Code = "AUTH_ERR_AUTH_TOKEN_NOT_FOUND"
	// CodeUnknownUID (HTTP 404): No such user, or the user is deactivated.
	CodeUnknownUID Code = "ERR_UID_NOT_FOUND"
	// CodeUIDTaken (HTTP 400): Create with the uid of a user that exists, deactivated ones included.
	CodeUIDTaken Code = "ERR_UID_ALREADY_EXISTS"
	// CodeUnknownPathToken (HTTP 404): The auth token named in the path does not exist.
	CodeUnknownPathToken Code = "ERR_AUTH_TOKEN_NOT_FOUND"
	// CodeBadRequest (HTTP 400): The body, a query parameter or a header is not as it should be; details says which field and why.
	CodeBadRequest Code = "ERR_BAD_REQUEST"
	// CodeUnknownEndpoint (HTTP 404): No such path, or another method is meant.
	CodeUnknownEndpoint Code = "ERR_API_NOT_FOUND"
	// CodeInvalidAPIVersion (HTTP 404): The path starts with a version other than v3 or v3.0.
	CodeInvalidAPIVersion Code = "ERR_INVALID_API_VERSION"
	// CodeException (HTTP 500): An error that nobody foresaw; the cause is in the server's log only.
	CodeException Code = "ERR_EXCEPTION"
	// CodeMissionFailed (HTTP 500): The database is overloaded or away; the request may be repeated.
	CodeMissionFailed Code = "ERR_MISSION_FAILED"
	// CodeNotReady (HTTP 503): From /readyz, and for a socket that is asked for while the server stops: send traffic elsewhere for now.
	CodeNotReady Code = "ERR_NOT_READY"
	// CodeUnknownPathAPIKey (HTTP 404): The API key named in the path does not exist.
	CodeUnknownPathAPIKey Code = "ERR_APIKEY_NOT_FOUND"
	// CodeAPIKeySelfAction (HTTP 403): The API key of the request and the one named in the path are the same.
	CodeAPIKeySelfAction Code = "ERR_APIKEY_NO_SELF_ACTION"
	// CodeUnknownRole (HTTP 404): The role named in the path does not exist.
	CodeUnknownRole Code = "ERR_ROLE_NOT_FOUND"
	// CodeRoleTaken (HTTP 400): Create with the id of a role that exists.
	CodeRoleTaken Code = "ERR_ROLE_ALREADY_EXISTS"
	// CodeRoleDeleteDenied (HTTP 403): The role default always exists.
	CodeRoleDeleteDenied Code = "ERR_ROLE_DELETE_DENIED"
	// CodeBlockSelf (HTTP 400): The users to block include the one who blocks; none of them is blocked.
	CodeBlockSelf Code = "ERR_CANNOT_BLOCK_SELF"
	// CodeQuotaExceeded (HTTP 403): The app has as many API keys, roles or webhooks as it may have.
	CodeQuotaExceeded Code = "ERR_PLAN_QUOTA_RESTRICTION"
	// CodeTooManyRequests (HTTP 429): A rate limit is reached, or too many wrong credentials came from this address; the request was not executed.
	CodeTooManyRequests Code = "ERR_TOO_MANY_REQUESTS"
	// CodeEmptyAuthHeader (HTTP 401): A call of the management API carries no credentials.
	CodeEmptyAuthHeader Code = "AUTH_ERR_EMPTY_AUTH_HEADER"
	// CodeInvalidAuthHeader (HTTP 401): A call of the management API carries wrong credentials, or the management API is switched off. Ours: the documents name no code for it.
	CodeInvalidAuthHeader Code = "AUTH_ERR_INVALID_AUTH_HEADER"
	// CodeUnknownApp (HTTP 404): The app named in a path of the management API does not exist, or was removed for good.
	CodeUnknownApp Code = "ERR_APP_NOT_FOUND"
	// CodeAppArchived (HTTP 409): Update or delete of an app that was deleted less than 30 days ago.
	CodeAppArchived Code = "ERR_APP_ARCHIVED"
	// CodeTokenUnavailable (HTTP 409): Update of an auth token with another platform than that of the device it is bound to, in an app that binds tokens to devices.
	CodeTokenUnavailable Code = "ERR_AUTHTOKEN_UNAVAILABLE"
	// CodeTokenNotAccessible (HTTP 403): The auth token named in the path is one of another user of the app.
	CodeTokenNotAccessible Code = "ERR_AUTHTOKEN_NOT_ACCESSIBLE"
	// CodeIdempotencyKeyInUse (HTTP 409): The same request is running on another connection. Ours: the documents know no Idempotency-Key.
	CodeIdempotencyKeyInUse Code = "ERR_IDEMPOTENCY_KEY_IN_USE"
	// CodeUnknownWebhook (HTTP 404): The webhook named in the path does not exist.
	CodeUnknownWebhook Code = "ERR_WEBHOOK_NOT_FOUND"
	// CodeWebhookTaken (HTTP 400): Create with the id of a webhook that exists. Ours: the documents name no code for it.
	CodeWebhookTaken Code = "ERR_WEBHOOK_ALREADY_EXISTS"
	// CodeUnknownDelivery (HTTP 404): The delivery named in the path does not exist, or was removed after its week. Ours.
	CodeUnknownDelivery Code = "ERR_DELIVERY_NOT_FOUND"
	// CodeUnknownSigningKey (HTTP 404): The signing key named in a path of the management API does not exist, or was withdrawn or removed. Ours.
	CodeUnknownSigningKey Code = "ERR_SIGNING_KEY_NOT_FOUND"
)

// statuses is the HTTP status of every code.
var statuses = map[Code]int{
	CodeEmptyAppID:          400,
	CodeInvalidAppID:        404,
	CodeEmptyAPIKey:         401,
	CodeUnknownAPIKey:       401,
	CodeNoAccess:            403,
	CodeEmptyAuthToken:      401,
	CodeUnknownAuthToken:    401,
	CodeUnknownUID:          404,
	CodeUIDTaken:            400,
	CodeUnknownPathToken:    404,
	CodeBadRequest:          400,
	CodeUnknownEndpoint:     404,
	CodeInvalidAPIVersion:   404,
	CodeException:           500,
	CodeMissionFailed:       500,
	CodeNotReady:            503,
	CodeUnknownPathAPIKey:   404,
	CodeAPIKeySelfAction:    403,
	CodeUnknownRole:         404,
	CodeRoleTaken:           400,
	CodeRoleDeleteDenied:    403,
	CodeBlockSelf:           400,
	CodeQuotaExceeded:       403,
	CodeTooManyRequests:     429,
	CodeEmptyAuthHeader:     401,
	CodeInvalidAuthHeader:   401,
	CodeUnknownApp:          404,
	CodeAppArchived:         409,
	CodeTokenUnavailable:    409,
	CodeTokenNotAccessible:  403,
	CodeIdempotencyKeyInUse: 409,
	CodeUnknownWebhook:      404,
	CodeWebhookTaken:        400,
	CodeUnknownDelivery:     404,
	CodeUnknownSigningKey:   404,
}

// EmptyAppID is AUTH_ERR_EMPTY_APPID (HTTP 400): The appId header is empty or missing, the host names no app, and the server holds more than one.
func EmptyAppID() *Error {
	return &Error{Code: CodeEmptyAppID, Message: "No app is named: send the appId header, or use a host name that starts with the app id."}
}

// InvalidAppID is AUTH_ERR_INVALID_APPID (HTTP 404): The app named by the host or by the appId header does not exist.
func InvalidAppID(app string) *Error {
	return &Error{Code: CodeInvalidAppID, Message: "The app " + app + " does not exist on this server."}
}

// EmptyAPIKey is AUTH_ERR_EMPTY_APIKEY (HTTP 401): The call needs an API key and carries none.
func EmptyAPIKey() *Error {
	return &Error{Code: CodeEmptyAPIKey, Message: "The apikey header is missing or empty."}
}

// UnknownAPIKey is AUTH_ERR_APIKEY_NOT_FOUND (HTTP 401): The apikey header holds no key of this app.
func UnknownAPIKey() *Error {
	return &Error{Code: CodeUnknownAPIKey, Message: "The API key sent with the request does not exist in this app. Check the key, and that it belongs to this app."}
}

// NoAccess is AUTH_ERR_NO_ACCESS (HTTP 403): The key's scope does not allow the call.
func NoAccess(scope string) *Error {
	return &Error{Code: CodeNoAccess, Message: "An API key with the scope " + scope + " may not do this."}
}

// EmptyAuthToken is AUTH_ERR_EMPTY_AUTH_TOKEN (HTTP 401): The call acts for a logged-in user and carries no auth token.
func EmptyAuthToken() *Error {
	return &Error{Code: CodeEmptyAuthToken, Message: "The authToken header is missing or empty."}
}

// UnknownAuthToken is AUTH_ERR_AUTH_TOKEN_NOT_FOUND (HTTP 401): The authToken header holds no live token of this app: unknown, revoked, or its user is gone or deactivated. One code for every reason.
func UnknownAuthToken() *Error {
	return &Error{Code: CodeUnknownAuthToken, Message: "The auth token sent with the request is not valid, or not any more. Log in again."}
}

// UnknownUID is ERR_UID_NOT_FOUND (HTTP 404): No such user, or the user is deactivated.
func UnknownUID(uid string) *Error {
	return &Error{Code: CodeUnknownUID, Message: "The user " + uid + " does not exist. Create the user first."}
}

// UIDTaken is ERR_UID_ALREADY_EXISTS (HTTP 400): Create with the uid of a user that exists, deactivated ones included.
func UIDTaken(uid string) *Error {
	return &Error{Code: CodeUIDTaken, Message: "A user with the uid " + uid + " exists already. Choose another uid."}
}

// UnknownPathToken is ERR_AUTH_TOKEN_NOT_FOUND (HTTP 404): The auth token named in the path does not exist.
func UnknownPathToken(uid string) *Error {
	return &Error{Code: CodeUnknownPathToken, Message: "The user " + uid + " has no such auth token."}
}

// BadRequest is ERR_BAD_REQUEST (HTTP 400): The body, a query parameter or a header is not as it should be; details says which field and why.
func BadRequest() *Error {
	return &Error{Code: CodeBadRequest, Message: "Failed to validate the data sent with the request."}
}

// UnknownEndpoint is ERR_API_NOT_FOUND (HTTP 404): No such path, or another method is meant.
func UnknownEndpoint(method string) *Error {
	return &Error{Code: CodeUnknownEndpoint, Message: "There is no such endpoint, or not with the method " + method + "."}
}

// InvalidAPIVersion is ERR_INVALID_API_VERSION (HTTP 404): The path starts with a version other than v3 or v3.0.
func InvalidAPIVersion(version string) *Error {
	return &Error{Code: CodeInvalidAPIVersion, Message: "The API version " + version + " is not spoken here; use v3."}
}

// Exception is ERR_EXCEPTION (HTTP 500): An error that nobody foresaw; the cause is in the server's log only.
func Exception(request string) *Error {
	return &Error{Code: CodeException, Message: "Something went wrong on the server. Its log has the cause under the request id " + request + "."}
}

// MissionFailed is ERR_MISSION_FAILED (HTTP 500): The database is overloaded or away; the request may be repeated.
func MissionFailed() *Error {
	return &Error{Code: CodeMissionFailed, Message: "The database did not answer in time. Try again in a moment."}
}

// NotReady is ERR_NOT_READY (HTTP 503): From /readyz, and for a socket that is asked for while the server stops: send traffic elsewhere for now.
func NotReady() *Error {
	return &Error{Code: CodeNotReady, Message: "The server is starting, stopping, or cannot reach its database."}
}

// UnknownPathAPIKey is ERR_APIKEY_NOT_FOUND (HTTP 404): The API key named in the path does not exist.
func UnknownPathAPIKey() *Error {
	return &Error{Code: CodeUnknownPathAPIKey, Message: "The API key named in the path does not exist in this app."}
}

// APIKeySelfAction is ERR_APIKEY_NO_SELF_ACTION (HTTP 403): The API key of the request and the one named in the path are the same.
func APIKeySelfAction() *Error {
	return &Error{Code: CodeAPIKeySelfAction, Message: "An API key may not change or delete itself; use another key with the scope fullAccess."}
}

// UnknownRole is ERR_ROLE_NOT_FOUND (HTTP 404): The role named in the path does not exist.
func UnknownRole(role string) *Error {
	return &Error{Code: CodeUnknownRole, Message: "The role " + role + " does not exist. Create the role first."}
}

// RoleTaken is ERR_ROLE_ALREADY_EXISTS (HTTP 400): Create with the id of a role that exists.
func RoleTaken(role string) *Error {
	return &Error{Code: CodeRoleTaken, Message: "A role with the id " + role + " exists already. Choose another id."}
}

// RoleDeleteDenied is ERR_ROLE_DELETE_DENIED (HTTP 403): The role default always exists.
func RoleDeleteDenied(role string) *Error {
	return &Error{Code: CodeRoleDeleteDenied, Message: "The role " + role + " may not be deleted."}
}

// BlockSelf is ERR_CANNOT_BLOCK_SELF (HTTP 400): The users to block include the one who blocks; none of them is blocked.
func BlockSelf(uid string) *Error {
	return &Error{Code: CodeBlockSelf, Message: "The user " + uid + " can't block itself."}
}

// QuotaExceeded is ERR_PLAN_QUOTA_RESTRICTION (HTTP 403): The app has as many API keys, roles or webhooks as it may have.
func QuotaExceeded(limit, things string) *Error {
	return &Error{Code: CodeQuotaExceeded, Message: "An app may not have more than " + limit + " " + things + "."}
}

// TooManyRequests is ERR_TOO_MANY_REQUESTS (HTTP 429): A rate limit is reached, or too many wrong credentials came from this address; the request was not executed.
func TooManyRequests() *Error {
	return &Error{Code: CodeTooManyRequests, Message: "Too many requests. Wait as long as the Retry-After header says."}
}

// EmptyAuthHeader is AUTH_ERR_EMPTY_AUTH_HEADER (HTTP 401): A call of the management API carries no credentials.
func EmptyAuthHeader() *Error {
	return &Error{Code: CodeEmptyAuthHeader, Message: "The key and secret headers, or a Basic Authorization header, are missing or empty."}
}

// InvalidAuthHeader is AUTH_ERR_INVALID_AUTH_HEADER (HTTP 401): A call of the management API carries wrong credentials, or the management API is switched off. Ours: the documents name no code for it.
func InvalidAuthHeader() *Error {
	return &Error{Code: CodeInvalidAuthHeader, Message: "The key and secret sent with the request are not those of the management API."}
}

// UnknownApp is ERR_APP_NOT_FOUND (HTTP 404): The app named in a path of the management API does not exist, or was removed for good.
func UnknownApp(app string) *Error {
	return &Error{Code: CodeUnknownApp, Message: "The app " + app + " does not exist on this server."}
}

// AppArchived is ERR_APP_ARCHIVED (HTTP 409): Update or delete of an app that was deleted less than 30 days ago.
func AppArchived(app string) *Error {
	return &Error{Code: CodeAppArchived, Message: "The app " + app + " is scheduled for deletion. Restore it first."}
}

// TokenUnavailable is ERR_AUTHTOKEN_UNAVAILABLE (HTTP 409): Update of an auth token with another platform than that of the device it is bound to, in an app that binds tokens to devices.
func TokenUnavailable() *Error {
	return &Error{Code: CodeTokenUnavailable, Message: "The auth token is bound to another device."}
}

// TokenNotAccessible is ERR_AUTHTOKEN_NOT_ACCESSIBLE (HTTP 403): The auth token named in the path is one of another user of the app.
func TokenNotAccessible(uid string) *Error {
	return &Error{Code: CodeTokenNotAccessible, Message: "The auth token does not belong to the user " + uid + "."}
}

// IdempotencyKeyInUse is ERR_IDEMPOTENCY_KEY_IN_USE (HTTP 409): The same request is running on another connection. Ours: the documents know no Idempotency-Key.
func IdempotencyKeyInUse() *Error {
	return &Error{Code: CodeIdempotencyKeyInUse, Message: "A request with this Idempotency-Key is still being answered. Try again in a moment."}
}

// UnknownWebhook is ERR_WEBHOOK_NOT_FOUND (HTTP 404): The webhook named in the path does not exist.
func UnknownWebhook() *Error {
	return &Error{Code: CodeUnknownWebhook, Message: "The app has no such webhook."}
}

// WebhookTaken is ERR_WEBHOOK_ALREADY_EXISTS (HTTP 400): Create with the id of a webhook that exists. Ours: the documents name no code for it.
func WebhookTaken() *Error {
	return &Error{Code: CodeWebhookTaken, Message: "A webhook with this id exists already. Choose another id."}
}

// UnknownDelivery is ERR_DELIVERY_NOT_FOUND (HTTP 404): The delivery named in the path does not exist, or was removed after its week. Ours.
func UnknownDelivery() *Error {
	return &Error{Code: CodeUnknownDelivery, Message: "The webhook has no such delivery, or not any more."}
}

// UnknownSigningKey is ERR_SIGNING_KEY_NOT_FOUND (HTTP 404): The signing key named in a path of the management API does not exist, or was withdrawn or removed. Ours.
func UnknownSigningKey() *Error {
	return &Error{Code: CodeUnknownSigningKey, Message: "The server has no such signing key, or not any more."}
}
