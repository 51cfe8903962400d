// Seed 001, section "Check User Login Status".
const isLoggedIn = CometChatCalls.isUserLoggedIn();

if (isLoggedIn) {
  // User is logged in
} else {
  // User is not logged in
}
