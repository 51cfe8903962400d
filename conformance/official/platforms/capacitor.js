// What a Capacitor app gives the Ionic SDK beside a browser's own: the module @capacitor/app, of
// which the SDK wants to know when the app goes to the background and when it comes back. A bundler
// resolves its require; here it is this one. Modules that are not installed throw, as they do there.

const listeners = [];

const modules = {
  '@capacitor/app': {
    App: {
      addListener(event, listener) {
        if (event === 'appStateChange') listeners.push(listener);
      },
    },
  },
};

window.require = (name) => {
  if (name in modules) return modules[name];
  throw new Error(`Cannot find module '${name}'`);
};

window.platform = {
  activate: (isActive) => listeners.forEach((listener) => listener({ isActive })),
};
