// Seed 001, section "Logout".
try {
  const message = await CometChatCalls.logout();
  console.log("Logout successful:", message);
} catch (error) {
  console.error("Logout failed:", error.errorDescription);
}
