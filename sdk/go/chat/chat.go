// Package chat logs one user of a chat app in and out, in the words of the Chat SDK, and asks the
// server about users.
//
// It is package calls with another vocabulary: the session is the same, under the same rules, and an
// app that uses both with one storage has one session. [New] is the Chat SDK's init, Login and
// LoginWithAuthToken its two forms of login, and an exception is a *usher.Error, whose code, message
// and details errors.As finds.
//
// In production the app's own back end hands out an auth token for [Client.LoginWithAuthToken]. What
// takes an Auth Key, [Client.Login] among it, is for development: a key inside an app is a key in
// everybody's hands.
//
// Every method may be called from any goroutine.
package chat
