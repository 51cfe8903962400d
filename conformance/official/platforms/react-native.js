import vm from 'node:vm';

// ReactNative is the smallest React Native in which the vendor's SDK runs: the globals and the
// modules that it uses, in a realm of its own. There is no document, no location, no localStorage
// and no Origin, and CORS is nobody's business.
export class ReactNative {
  #timers = new Set();
  #stateListeners = new Set();
  #modules;
  #context;
  #killed = false;

  // storage is a Map that outlives the app, network has fetch and WebSocket, complain is told what
  // the console reports as an error.
  constructor({ storage, network, complain }) {
    this.#modules = {
      react: { Component: class Component {} },
      'react-native': {
        AppState: this.#appState(),
        Platform: { OS: 'android', Version: 34 },
        Dimensions: { get: () => ({ width: 360, height: 800 }) },
        NativeModules: { I18nManager: { localeIdentifier: 'en_US' } },
      },
      '@react-native-async-storage/async-storage': { __esModule: true, default: asyncStorage(storage) },
    };
    const globals = {
      fetch: fetchOver(network),
      WebSocket: network.WebSocket,
      Headers: network.Headers,
      ...this.#timing(),
      console: { ...console, error: (...words) => complain(words.map(String).join(' ')) },
      navigator: { product: 'ReactNative' },
      __DEV__: false,
    };
    this.#context = vm.createContext(globals);
    Object.assign(globals, { window: globals, global: globals, self: globals });
  }

  get globals() {
    return this.#context;
  }

  // require runs a module of the app as Metro would have bundled it, and gives what it exports.
  require(source, filename) {
    const module = { exports: {} };
    const run = vm.compileFunction(source, ['module', 'exports', 'require'], { filename, parsingContext: this.#context });
    run(module, module.exports, (name) => {
      if (name in this.#modules) return this.#modules[name];
      throw new Error(`Unable to resolve module ${name}`);
    });
    return module.exports;
  }

  // script runs a plain script among the globals.
  script(source, filename) {
    vm.runInContext(source, this.#context, { filename });
  }

  // becomes tells the app its new state: 'active' or 'background'.
  becomes(state) {
    for (const listener of this.#stateListeners) listener(state);
  }

  // kill ends whatever would still have happened in the app.
  kill() {
    this.#killed = true;
    this.#timers.forEach(clearTimeout);
    this.#stateListeners.clear();
  }

  #appState() {
    return {
      addEventListener: (event, listener) => {
        if (event === 'change') this.#stateListeners.add(listener);
        return { remove: () => this.#stateListeners.delete(listener) };
      },
    };
  }

  // A timer is a number in React Native.
  #timing() {
    const kept = (start) => (...parameters) => {
      if (this.#killed) return 0;
      const timer = Number(start(...parameters));
      this.#timers.add(timer);
      return timer;
    };
    return { setTimeout: kept(setTimeout), setInterval: kept(setInterval), clearTimeout, clearInterval };
  }
}

// React Native's fetch knows no referrer and no mode, and where a request is not to be cached it adds
// the time to the query.
function fetchOver(network) {
  return (address, { method = 'GET', headers, body, cache } = {}) => {
    const url = new URL(address);
    if (method === 'GET' && cache === 'no-cache') url.searchParams.set('_', Date.now());
    return network.fetch(url.href, { method, headers, body });
  };
}

function asyncStorage(storage) {
  return {
    getItem: async (key) => storage.get(key) ?? null,
    setItem: async (key, value) => void storage.set(key, value),
    removeItem: async (key) => void storage.delete(key),
    getAllKeys: async () => [...storage.keys()],
    multiRemove: async (keys) => keys.forEach((key) => storage.delete(key)),
    clear: async () => storage.clear(),
  };
}
