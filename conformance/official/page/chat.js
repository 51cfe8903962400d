// What an app does with the official SDK, in the words of its documentation. The SDK and the
// configuration are there already.

const { appId, region, adminHost, clientHost, roles } = configuration;

// The way in is the SDK's own, unless a UI kit has one.
const entrance = window.entrance ?? {
  init() {
    const settings = new CometChat.AppSettingsBuilder().setRegion(region);
    if (roles) settings.subscribePresenceForRoles(roles.split(','));
    else settings.subscribePresenceForAllUsers();
    if (adminHost) settings.overrideAdminHost(adminHost);
    if (clientHost) settings.overrideClientHost(clientHost);
    return CometChat.init(appId, settings.build());
  },
  login: (...credentials) => CometChat.login(...credentials),
  logout: () => CometChat.logout(),
};

const heard = [];
const seen = [];
const connection = [];
const closed = [];

function makeUser({ uid, name, avatar, link, metadata, statusMessage, tags }) {
  const user = new CometChat.User(uid);
  if (name !== undefined) user.setName(name);
  if (avatar !== undefined) user.setAvatar(avatar);
  if (link !== undefined) user.setLink(link);
  if (metadata !== undefined) user.setMetadata(metadata);
  if (statusMessage !== undefined) user.setStatusMessage(statusMessage);
  if (tags !== undefined) user.setTags(tags);
  return user;
}

// All pages of one UsersRequest, until it gives an empty one.
// By name: sorted by status, as usual, a list changes between its pages when somebody comes or goes.
async function listUsers(limit) {
  const request = new CometChat.UsersRequestBuilder().setLimit(limit).sortBy('name').build();
  const pages = [];
  for (;;) {
    const page = await request.fetchNext();
    if (page.length === 0) return pages;
    pages.push(page);
  }
}

// The users that a list shows as online.
async function listOnline() {
  const request = new CometChat.UsersRequestBuilder().setLimit(100).setStatus(CometChat.USER_STATUS.ONLINE).build();
  return (await request.fetchNext()).map((user) => user.getUid());
}

const calls = {
  createUser: (fields, authKey) => CometChat.createUser(makeUser(fields), authKey),
  updateUser: (fields, authKey) => CometChat.updateUser(makeUser(fields), authKey),
  login: (...credentials) => entrance.login(...credentials),
  logout: () => entrance.logout(),
  getLoggedinUser: () => CometChat.getLoggedinUser(),
  getUser: (uid) => CometChat.getUser(uid),
  getAppSettings: () => CometChat.getAppSettings(),
  getConnectionStatus: () => CometChat.getConnectionStatus(),
  listOnline,
  listUsers,
};

// How the SDK closes a socket is seen by nobody else on its side.
function watchClosing() {
  const close = WebSocket.prototype.close;
  WebSocket.prototype.close = function (...how) {
    closed.push(how.join(' '));
    return close.apply(this, how);
  };
}

async function start() {
  watchClosing();
  CometChat.addLoginListener(
    'app',
    new CometChat.LoginListener({
      loginSuccess: (user) => heard.push(`loginSuccess ${user.getUid()}`),
      loginFailure: (error) => heard.push(`loginFailure ${error.code}`),
      logoutSuccess: () => heard.push('logoutSuccess'),
      logoutFailure: (error) => heard.push(`logoutFailure ${error.code}`),
    }),
  );
  CometChat.addUserListener(
    'app',
    new CometChat.UserListener({
      onUserOnline: (user) => seen.push(`${user.getUid()} ${user.getStatus()}`),
      onUserOffline: (user) => seen.push(`${user.getUid()} ${user.getStatus()}`),
    }),
  );
  CometChat.addConnectionListener(
    'app',
    new CometChat.ConnectionListener({
      onConnected: () => connection.push('connected'),
      inConnecting: () => connection.push('connecting'),
      onDisconnected: () => connection.push('disconnected'),
    }),
  );
  return entrance.init();
}

window.app = {
  heard,
  seen,
  connection,
  closed,
  started: inTime(start()),
  call: (name, parameters) => inTime(calls[name](...parameters)),
};
