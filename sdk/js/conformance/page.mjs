// What the page of a client runs. driver-browser.mjs calls what it puts on window, and gives it `report`.
import { ConformanceClient } from '/conformance/client.mjs';
import { failingStorage, setFails } from '/conformance/failing.mjs';
import * as sdk from '/dist/index.js';

const fails = new Set();

// The SDK takes the browser's own storage; that this page's use of it can fail is all that is changed.
const { getItem, setItem, removeItem } = Storage.prototype;
const storage = {
  getItem: (key) => getItem.call(localStorage, key),
  setItem: (key, text) => setItem.call(localStorage, key, text),
  removeItem: (key) => removeItem.call(localStorage, key),
};
Object.assign(Storage.prototype, failingStorage(storage, fails));

function options({ storageFails }) {
  setFails(fails, storageFails);
  return {};
}

const client = new ConformanceClient(sdk, options, (event) => window.report({ event }));

window.run = (id, command, params) => {
  client.run(command, params).then((outcome) => window.report({ id, outcome }));
};

window.storageCommands = {
  storageEntries: () => Object.fromEntries(Object.keys(localStorage).map((name) => [name, storage.getItem(name)])),
  storagePut({ name, value }) {
    storage.setItem(name, value);
    return null;
  },
  storageFail({ fails: operations }) {
    setFails(fails, operations);
    return null;
  },
};

window.ready = true;
