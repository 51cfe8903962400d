// Seed 001, section "Check Login Status".
const loggedInUser = CometChatCalls.getLoggedInUser();

if (loggedInUser) {
  // User is already logged in
  console.log("User already logged in:", loggedInUser.uid);
} else {
  // No user logged in, proceed with login
}
