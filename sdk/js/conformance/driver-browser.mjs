// The conformance driver for browsers: one Chromium, a page for each client. A store is a site of its own,
// so that its pages share a localStorage, and the six connections to a host, with nobody else.
import path from 'node:path';
import { launchChromium } from '../test/browser/chromium.js';
import { servePages } from '../test/browser/pages.js';
import { driverError, serveLines, writeLine } from './lines.mjs';

const root = path.resolve(import.meta.dirname, '..');
const pages = await servePages({ dist: path.join(root, 'dist'), conformance: import.meta.dirname });
const { port } = new URL(pages.origin);
// Pages of several sites share a process, which makes hundreds of them affordable.
const browser = await launchChromium('--renderer-process-limit=2', '--disable-site-isolation-trials');
const context = await browser.newContext();

const stores = new Map();
const clients = new Map();

function originOf(store) {
  if (!stores.has(store)) stores.set(store, `http://store-${stores.size}.localhost:${port}`);
  return stores.get(store);
}

async function openPage(store) {
  const page = await context.newPage();
  await page.exposeFunction('report', (report) => page.emit('report', report));
  await page.goto(`${originOf(store)}/conformance/page.html`);
  await page.waitForFunction(() => window.ready);
  return page;
}

// A client's page; commands and what comes of them go through one channel, so that their order stays.
class PageClient {
  #name;
  #store;
  #page;
  #answers = new Map();

  constructor(name, store) {
    this.#name = name;
    this.#store = store;
    this.#page = openPage(store).then((page) => page.on('report', (report) => this.#hear(report)));
  }

  get store() {
    return this.#store;
  }

  #hear({ id, outcome, event }) {
    if (event) writeLine({ client: this.#name, ...event });
    else this.#answers.get(id)?.(outcome);
    this.#answers.delete(id);
  }

  async run(id, command, params, answer) {
    const page = await this.#page;
    this.#answers.set(id, answer);
    await page.evaluate(([id, command, params]) => window.run(id, command, params), [id, command, params]);
  }

  async storage(command, params) {
    const page = await this.#page;
    return page.evaluate(([command, params]) => window.storageCommands[command](params), [command, params]);
  }

  async kill() {
    await (await this.#page).close();
  }
}

let commands = 0;

// Any page of the store will do; where no client has one, it is opened for the moment.
async function runStorage(command, params) {
  const there = [...clients.values()].find(({ store }) => store === params.store);
  const keeper = there ?? new PageClient('', params.store);
  const result = await keeper.storage(command, params);
  if (!there) await keeper.kill();
  return result;
}

async function makeClient(name, store) {
  const before = clients.get(name);
  if (before?.store === store) return before;
  await before?.kill();
  const client = new PageClient(name, store);
  clients.set(name, client);
  return client;
}

async function run({ client: name, command, params }, answer) {
  try {
    if (command === 'storageEntries' || command === 'storagePut') {
      answer({ result: await runStorage(command, params) });
      return;
    }
    const client = command === 'new' ? await makeClient(name, params.store) : clients.get(name);
    if (!client) throw new Error(`there is no client ${name}`);
    if (command === 'kill') {
      clients.delete(name);
      await client.kill();
      answer({ result: null });
    } else if (command === 'storageFail') {
      answer({ result: await client.storage(command, params) });
    } else {
      await client.run(++commands, command, params, answer);
    }
  } catch (error) {
    answer(driverError(error));
  }
}

await serveLines('js-browser', ['shared', 'storage', 'tabs', 'dynamic', 'hosts', 'redirect', 'chat', 'realtime'], run);
await browser.close();
pages.stop();
process.exit(0);
