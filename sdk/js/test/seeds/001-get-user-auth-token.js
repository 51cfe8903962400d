// Seed 001, section "Get User Auth Token".
const authToken = CometChatCalls.getUserAuthToken();

if (authToken) {
  console.log("User auth token:", authToken);
}
