// What an app does with the official calls SDK: it logs nobody in, but is handed the auth token of
// whoever the app has logged in. The SDK and the configuration are there already.

const { appId, region, callsHost } = configuration;

const calls = {
  generateToken: (sessionId, authToken) => CometChatCalls.generateToken(sessionId, authToken),
};

function start() {
  const settings = new CometChatCalls.CallAppSettingsBuilder().setAppId(appId).setRegion(region);
  if (callsHost) settings.setHost(callsHost);
  return CometChatCalls.init(settings.build());
}

window.app = {
  started: inTime(start()),
  call: (name, parameters) => inTime(calls[name](...parameters)),
};
