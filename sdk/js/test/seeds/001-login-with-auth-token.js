// Seed 001, section "Login with Auth Token".
const authToken = "AUTH_TOKEN"; // Token received from your backend

try {
  const user = await CometChatCalls.loginWithAuthToken(authToken);
  console.log("Login successful:", user.uid);
} catch (error) {
  console.error("Login failed:", error.errorDescription);
}
