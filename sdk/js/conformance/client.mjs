// One client of a scenario: the commands of conformance/README.md in the words of the SDK. It runs in
// Node and in a page alike.

const settled = (promise) =>
  promise.then(
    (result) => ({ result }),
    (error) => ({ error: plainError(error) }),
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
    init({ appId, region, host, adminHost, clientHost }, options) {
      const settings = new CometChat.AppSettingsBuilder()
        .subscribePresenceForAllUsers()
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
  }),
};

const toUser = new Set(['login', 'loginWithAuthToken', 'loggedInUser', 'checkSession', 'createUser']);
const plainCommands = new Set([...toUser, 'isUserLoggedIn', 'userAuthToken', 'logout']);

/** Takes the SDK's exports, what makes the options of `new`, and who is told of events. */
export class ConformanceClient {
  #sdk;
  #options;
  #tell;
  #surface;

  constructor(sdk, options, tell) {
    this.#sdk = sdk;
    this.#options = options;
    this.#tell = tell;
  }

  /** Gives `{ result }` or `{ error }`. */
  run(command, params = {}) {
    return settled(this.#run(command, params));
  }

  async #run(command, params) {
    if (command === 'new') {
      this.#surface = surfaces[params.surface ?? 'calls'](this.#sdk);
      if (!params.uninitialised) await this.#surface.init(params, this.#initOptions(params));
      return null;
    }
    if (!this.#surface) throw new Error('new comes first');
    if (command === 'close') this.#surface.close();
    else if (command === 'addLoginListener') this.#listen(params.listener, params.does ?? []);
    else if (command === 'removeLoginListener') this.#surface.removeLoginListener(params.listener);
    else return this.#call(command, params);
    return null;
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

  #listen(listener, does) {
    const left = does.map((step) => ({ ...step, times: step.times ?? Number.POSITIVE_INFINITY }));
    const hears = (event, plain) => (value) => {
      this.#tell({ event, listener, value: plain(value) });
      const steps = left.filter(({ on, times }) => on === event && times > 0);
      for (const step of steps) step.times--;
      if (steps[0]?.command === 'throw') throw new Error('as the scenario asks');
      return this.#do(listener, steps);
    };
    this.#surface.listen(listener, {
      loginSuccess: hears('loginSuccess', ofUser),
      loginFailure: hears('loginFailure', plainError),
      logoutSuccess: hears('logoutSuccess', (reason) => reason),
      logoutFailure: hears('logoutFailure', plainError),
    });
  }

  async #do(listener, steps) {
    for (const { command, params } of steps) {
      if (command === 'throw') throw new Error('as the scenario asks');
      if (command === 'hang') await new Promise(() => {});
      const outcome = await this.run(command, params);
      this.#tell({ event: 'did', listener, value: { command, ...outcome } });
    }
  }
}
