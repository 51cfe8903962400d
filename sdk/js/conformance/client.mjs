// One client of a scenario: the commands of conformance/README.md in the words of the SDK. It runs in
// Node and in a page alike.

const settled = (promise, plain) =>
  promise.then(
    (result) => ({ result }),
    (error) => ({ error: plain(error) }),
  );

const text = (error) =>
  [error.errorDescription ?? error.message, error.details, error.cause].map(shown).join(' ').trim();
const shown = (part) =>
  part === undefined ? '' : typeof part === 'string' ? part : (JSON.stringify(part) ?? String(part));

function plainError(error) {
  const code = error.errorCode ?? error.code;
  return code ? { code, message: text(error) } : { code: 'DRIVER', message: String(error.stack ?? error) };
}

const ofUser = (user) => user && { uid: user.uid, name: user.name, status: user.status, avatar: user.avatar ?? '' };

const ofPresentUser = (user) => ({ ...ofUser(user), lastActiveAt: user.lastActiveAt });
const nothing = () => null;

// Which listeners a command adds.
const listens = {
  addLoginListener: 'listen',
  addConnectionListener: 'listenConnection',
  addUserListener: 'listenUsers',
};

// What the two surfaces differ by.
const surfaces = {
  calls: ({ CometChatCalls }) => ({
    async init({ appId, region, host, adminHost, clientHost }, options) {
      const { error } = await CometChatCalls.init({ appId, region, host, adminHost, clientHost, ...options });
      if (error) throw error;
    },
    login: ({ uid, key }) => CometChatCalls.login(uid, key),
    loginWithAuthToken: ({ token }) => CometChatCalls.loginWithAuthToken(token),
    loggedInUser: () => CometChatCalls.getLoggedInUser(),
    isUserLoggedIn: () => CometChatCalls.isUserLoggedIn(),
    userAuthToken: () => CometChatCalls.getUserAuthToken(),
    logout: () => CometChatCalls.logout(),
    checkSession: () => CometChatCalls.checkSession(),
    close: () => CometChatCalls.close(),
    listen: (id, { loginSuccess, loginFailure, logoutSuccess, logoutFailure }) =>
      CometChatCalls.addLoginListener(id, {
        onLoginSuccess: loginSuccess,
        onLoginFailure: loginFailure,
        onLogoutSuccess: logoutSuccess,
        onLogoutFailure: logoutFailure,
      }),
    removeLoginListener: (id) => CometChatCalls.removeLoginListener(id),
  }),
  chat: ({ CometChat }) => ({
    init({ appId, region, host, adminHost, clientHost, connect = false, subscription, roles }, options) {
      const builder = new CometChat.AppSettingsBuilder();
      if (subscription === 'ALL_USERS') builder.subscribePresenceForAllUsers();
      if (subscription === 'ROLES') builder.subscribePresenceForRoles(roles);
      if (subscription === 'FRIENDS') builder.subscribePresenceForFriends();
      const settings = builder
        .autoEstablishSocketConnection(connect)
        .setWebSocket(options.webSocket)
        .setRegion(region)
        .setHost(host)
        .overrideAdminHost(adminHost)
        .overrideClientHost(clientHost)
        .setTimeout(options.timeout)
        .setStorage(options.storage)
        .build();
      return CometChat.init(appId, { ...settings, fetch: options.fetch });
    },
    login: ({ uid, key }) => CometChat.login(uid, key),
    loginWithAuthToken: ({ token }) => CometChat.login(token),
    loggedInUser: () => CometChat.getLoggedinUser(),
    isUserLoggedIn: async () => (await CometChat.getLoggedinUser()) !== null,
    userAuthToken: () => CometChat.getUserAuthToken(),
    logout: async () => (await CometChat.logout()).message,
    checkSession: () => CometChat.checkSession(),
    close: () => CometChat.close(),
    createUser: ({ uid, name, key }) => {
      const user = new CometChat.User(uid);
      user.setName(name);
      return CometChat.createUser(user, key);
    },
    listen: (id, callbacks) => CometChat.addLoginListener(id, new CometChat.LoginListener(callbacks)),
    removeLoginListener: (id) => CometChat.removeLoginListener(id),
    connect: () => CometChat.connect(),
    disconnect: () => CometChat.disconnect(),
    connectionStatus: () => CometChat.getConnectionStatus(),
    listenConnection: (id, { connecting, connected, disconnected }) =>
      CometChat.addConnectionListener(
        id,
        new CometChat.ConnectionListener({
          inConnecting: connecting,
          onConnected: connected,
          onDisconnected: disconnected,
        }),
      ),
    listenUsers: (id, { userOnline, userOffline }) =>
      CometChat.addUserListener(
        id,
        new CometChat.UserListener({ onUserOnline: userOnline, onUserOffline: userOffline }),
      ),
    removeConnectionListener: (id) => CometChat.removeConnectionListener(id),
    removeUserListener: (id) => CometChat.removeUserListener(id),
  }),
};

// CometChatCalls has no connection. A scenario that wants one of it gets CometChat, whose codes are then
// given as those of CometChatCalls: the table of spec/session.md backwards, as far as it is needed.
const callsCodes = {
  COMETCHAT_INITIALIZATION_NOT_DONE: 'ERROR_SDK_NOT_INITIALIZED',
  USER_NOT_LOGGED_IN: 'ERROR_NO_USER_LOGGED_IN',
  LOGIN_IN_PROGRESS: 'ERROR_LOGIN_IN_PROGRESS',
  FAILED_TO_FETCH: 'ERROR_IO_EXCEPTION',
};

const aboutConnections = new Set([
  'connect',
  'disconnect',
  'connectionStatus',
  'addConnectionListener',
  'addUserListener',
  'removeConnectionListener',
  'removeUserListener',
]);
const removals = new Set(['removeLoginListener', 'removeConnectionListener', 'removeUserListener']);
const toUser = new Set(['login', 'loginWithAuthToken', 'loggedInUser', 'checkSession', 'createUser']);
const plainCommands = new Set([...toUser, 'isUserLoggedIn', 'userAuthToken', 'logout', 'connectionStatus']);

/** Takes the SDK's exports, what makes the options of `new`, and who is told of events. */
export class ConformanceClient {
  #sdk;
  #options;
  #tell;
  #surface;
  #isStandIn = false;
  #made;

  constructor(sdk, options, tell) {
    this.#sdk = sdk;
    this.#options = options;
    this.#tell = tell;
  }

  /** Gives `{ result }` or `{ error }`. */
  run(command, params = {}) {
    return settled(this.#run(command, params), this.#plainError);
  }

  #plainError = (error) => {
    const { code, message } = plainError(error);
    return { code: (this.#isStandIn && callsCodes[code]) || code, message };
  };

  async #run(command, params) {
    if (command === 'new') {
      await this.#make(params, !params.surface && params.connect === true);
      return null;
    }
    if (!this.#surface) throw new Error('new comes first');
    if (aboutConnections.has(command) && !this.#surface.connect) await this.#standIn();
    if (command === 'close') this.#surface.close();
    else if (command === 'connect') await this.#surface.connect();
    else if (command === 'disconnect') this.#surface.disconnect();
    else if (removals.has(command)) this.#surface[command](params.listener);
    else if (listens[command]) this.#listen(listens[command], params.listener, params.does ?? []);
    else return this.#call(command, params);
    return null;
  }

  async #make(params, isStandIn) {
    this.#made = params;
    this.#isStandIn = isStandIn;
    this.#surface = surfaces[isStandIn ? 'chat' : (params.surface ?? 'calls')](this.#sdk);
    if (!params.uninitialised) await this.#surface.init(params, this.#initOptions(params));
  }

  // That a client is to have a connection may show only now.
  async #standIn() {
    this.#surface.close();
    await this.#make(this.#made, true);
  }

  async #call(command, params) {
    if (!plainCommands.has(command) || !this.#surface[command]) throw new Error(`unknown command ${command}`);
    const result = await this.#surface[command](params);
    return toUser.has(command) ? ofUser(result) : result;
  }

  #initOptions(params) {
    const options = { ...this.#options(params), timeout: params.timeoutMs };
    return params.urls ? { ...options, fetch: (url, init) => this.#answerWell(url, init) } : options;
  }

  // Answers as a server would answer a good login.
  #answerWell(url, { method, headers }) {
    this.#tell({ event: 'url', value: `${method} ${url}` });
    const uid = url.match(/\/users\/([^/]+)\/auth_tokens$/)?.[1] ?? headers.authToken?.split('_')[0] ?? 'ann';
    const data = { uid, name: uid, authToken: headers.authToken ?? `${uid}_1`, success: true, message: 'Done.' };
    return Promise.resolve(new Response(JSON.stringify({ data }), { status: 200 }));
  }

  #listen(kind, listener, does) {
    const left = does.map((step) => ({ ...step, times: step.times ?? Number.POSITIVE_INFINITY }));
    const hears = (event, plain) => (value) => {
      this.#tell({ event, listener, value: plain(value) });
      const steps = left.filter(({ on, times }) => on === event && times > 0);
      for (const step of steps) step.times--;
      if (steps[0]?.command === 'throw') throw new Error('as the scenario asks');
      return this.#do(listener, steps);
    };
    const events = Object.entries(this.#events[kind]).map(([event, plain]) => [event, hears(event, plain)]);
    this.#surface[kind](listener, Object.fromEntries(events));
  }

  // What listeners hear, and how it is written.
  #events = {
    listen: {
      loginSuccess: ofUser,
      loginFailure: this.#plainError,
      logoutSuccess: (reason) => reason,
      logoutFailure: this.#plainError,
    },
    listenConnection: { connecting: nothing, connected: nothing, disconnected: nothing },
    listenUsers: { userOnline: ofPresentUser, userOffline: ofPresentUser },
  };

  async #do(listener, steps) {
    for (const { command, params } of steps) {
      if (command === 'throw') throw new Error('as the scenario asks');
      if (command === 'hang') await new Promise(() => {});
      const outcome = await this.run(command, params);
      this.#tell({ event: 'did', listener, value: { command, ...outcome } });
    }
  }
}
