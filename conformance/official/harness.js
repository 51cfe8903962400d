import { randomBytes } from 'node:crypto';

import { launchBrowser } from './browser.js';
import { Device } from './device.js';
import { servePages } from './pages.js';
import { mask } from './secrets.js';
import { startServer } from './server.js';
import { ways } from './ways.js';

// openHarness starts what the tests of one file share: a server, a Chromium and the page.
export async function openHarness(options) {
  const harness = new Harness(options);
  try {
    await harness.start();
  } catch (error) {
    await harness.close();
    throw error;
  }
  return harness;
}

class Harness {
  #options;

  constructor(options) {
    this.#options = options;
  }

  async start() {
    this.server = await startServer(this.#options);
    this.pages = await servePages();
    this.browser = await launchBrowser(this.server);
    this.ways = ways(this.server);
  }

  async close() {
    await this.browser?.close();
    await this.pages?.stop();
    await this.server?.stop();
  }

  // onDevice gives a test a device of its own and, when the test is through, checks what holds for all.
  onDevice(way, run, app = {}) {
    return async () => {
      const { appId, region } = this.server;
      const context = await this.browser.newContext();
      const device = new Device(context, { pageOrigin: this.pages.origin, way, app: { appId, region, ...app } });
      try {
        await run(device);
        await device.journal.verify(way, device.refusals, device.serverWasAway);
      } catch (error) {
        throw await this.#explained(error, device);
      } finally {
        await context.close();
      }
    };
  }

  // explained adds to a failure what it takes to understand it, without secrets.
  async #explained(error, device) {
    const complaints = this.server.complaints();
    const parts = [
      error.message,
      `The last requests and answers (way: ${device.way.name}):\n${await device.journal.last()}`,
      ...(complaints.length > 0 ? [`The server's log:\n${complaints.join('\n')}`] : []),
    ];
    // A new error, because an assertion's own would also print the values that it compared.
    const explained = new Error(this.#masked(parts.join('\n\n')));
    explained.stack = `${explained.message}\n${placesOf(error)}`;
    return explained;
  }

  #masked(text) {
    return mask(text, [this.server.authKey, this.server.restKey]);
  }

  // newUser makes a user by REST that no other test knows.
  async newUser(fields = {}) {
    const uid = newUID();
    return this.server.rest('POST', '/users', { uid, name: `User ${uid}`, ...fields });
  }

  // newToken issues an auth token by REST, as a back end does.
  async newToken(uid) {
    const { authToken } = await this.server.rest('POST', `/users/${uid}/auth_tokens`, { force: true });
    return authToken;
  }

  // tokens is what a back end sees of a user's live tokens.
  async tokens(uid) {
    const found = await this.server.rest('GET', `/users/${uid}/auth_tokens`);
    return found.map(({ authToken }) => authToken);
  }
}

// placesOf is the part of a stack that says where.
const placesOf = ({ stack = '' }) => stack.split('\n').filter((line) => /^\s+at /.test(line)).join('\n');

// newUID gives a uid that no other test uses.
export function newUID() {
  return `u${randomBytes(6).toString('hex')}`;
}
