// Seed 001, section "Login with UID and API Key".
const uid = "cometchat-uid-1"; // Replace with your user's UID
const apiKey = "API_KEY"; // Replace with your API Key

if (!CometChatCalls.getLoggedInUser()) {
  try {
    const user = await CometChatCalls.login(uid, apiKey);
    console.log("Login successful:", user.uid);
  } catch (error) {
    console.error("Login failed:", error.errorDescription);
  }
} else {
  // User already logged in
}
