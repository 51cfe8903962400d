// The conformance driver for Node: one client per process, its store is a folder of files.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WebSocket } from 'ws';
import * as sdk from '../dist/index.js';
import { fileStorage } from '../dist/node/index.js';
import { ConformanceClient } from './client.mjs';
import { failingStorage, setFails } from './failing.mjs';
import { driverError, serveLines, writeLine } from './lines.mjs';

const fails = new Set();

function options({ store, storageFails }) {
  setFails(fails, storageFails);
  // Node 20 has no WebSocket of its own.
  return { storage: failingStorage(fileStorage(store), fails), webSocket: WebSocket };
}

const storageCommands = {
  storageEntries({ store }) {
    // A draft is no entry yet.
    const names = readdirSync(store).filter((name) => !/\.[0-9a-f]{12}$/.test(name));
    return Object.fromEntries(
      names.map((name) => [decodeURIComponent(name), readFileSync(path.join(store, name), 'utf8')]),
    );
  },
  storagePut({ store, name, value }) {
    mkdirSync(store, { recursive: true });
    writeFileSync(path.join(store, encodeURIComponent(name)), value);
    return null;
  },
  storageFail({ fails: operations }) {
    setFails(fails, operations);
    return null;
  },
};

const clients = new Map();

function clientNamed(name) {
  if (!clients.has(name)) {
    clients.set(name, new ConformanceClient(sdk, options, (event) => writeLine({ client: name, ...event })));
  }
  return clients.get(name);
}

async function run({ client, command, params }, answer) {
  try {
    const ofStorage = storageCommands[command];
    answer(ofStorage ? { result: ofStorage(params) } : await clientNamed(client).run(command, params));
  } catch (error) {
    answer(driverError(error));
  }
}

await serveLines('js', ['storage', 'tabs', 'dynamic', 'hosts', 'redirect', 'chat', 'realtime'], run);
process.exit(0);
