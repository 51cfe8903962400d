// An app that is built with a UI kit leaves initialising the SDK, login and logout to the kit. What
// is bundled with this as 'ui-kit' is up to whoever bundles it.

import { CometChat } from '@cometchat/chat-sdk-javascript';
import { CometChatUIKit, UIKitSettingsBuilder } from 'ui-kit';

const { appId, region, adminHost, clientHost, roles } = configuration;

let knownKey;

// A kit is told the auth key once, and not with each login.
function init(authKey) {
  knownKey = authKey;
  const settings = new UIKitSettingsBuilder().setAppId(appId).setRegion(region).setAuthKey(authKey);
  if (roles) settings.subscribePresenceForRoles(roles.split(',')).setRoles(roles.split(','));
  else settings.subscribePresenceForAllUsers();
  if (adminHost) settings.setAdminHost(adminHost);
  if (clientHost) settings.setClientHost(clientHost);
  return CometChatUIKit.init(settings.build());
}

window.CometChat = CometChat;
window.entrance = {
  init: () => init(configuration.authKey),

  async login(credential, authKey) {
    if (authKey === undefined) return CometChatUIKit.loginWithAuthToken(credential);
    if (authKey !== knownKey) await init(authKey);
    return CometChatUIKit.login(credential);
  },

  logout: () => CometChatUIKit.logout(),
};
