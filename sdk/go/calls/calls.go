// Package calls logs one user of a calling app in and out, and remembers who is in.
//
// A [Client] is made once per app, with [New]. In production the app's own back end hands out an
// auth token for [Client.LoginWithAuthToken]; [Client.Login] with a uid and an API key is for
// development, since a key inside an app is a key in everybody's hands.
//
// The session outlives the program. Only [Client.Logout] and a login of another user end it; a
// network that is down does not.
//
// Every method may be called from any goroutine.
package calls
