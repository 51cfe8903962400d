import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { waitTimeLimit } from './app.js';
import { launchBrowser } from './browser.js';
import { current } from './clients.js';
import { Device } from './device.js';
import { servePages } from './pages.js';
import { Phone } from './phone.js';
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
  onDevice(way, run, app = {}, client = current) {
    return async () => {
      const device = await this.#deviceFor(client, way, app);
      try {
        await run(device);
        await device.journal.verify(way, device.refusals, device.serverWasAway);
      } catch (error) {
        throw await this.#explained(error, device);
      } finally {
        await device.close();
      }
    };
  }

  // deviceFor gives what the client is made for: a phone with an app, or a browser.
  async #deviceFor(client, way, app) {
    const { appId, region, authKey } = this.server;
    const configuration = { appId, region, authKey, ...app };
    if (client.runsIn === 'react-native') return new Phone(this.server, client, { way, app: configuration });
    const context = await this.browser.newContext();
    return new Device(context, client, { pageOrigin: this.pages.origin, way, app: configuration });
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

  // loggedIn starts the app of a device with a user of its own, and waits until it is online.
  async loggedIn(device, fields) {
    const { uid } = await this.newUser(fields);
    const app = await device.app();
    await app.call('login', uid, this.server.authKey);
    await app.connected();
    await this.becomes(uid, 'available');
    return { uid, app };
  }

  // becomes waits until a back end sees the user with that status, and gives the user.
  async becomes(uid, status) {
    const deadline = Date.now() + waitTimeLimit;
    for (;;) {
      const user = await this.server.rest('GET', `/users/${uid}`);
      if (user.status === status) return user;
      assert.ok(Date.now() < deadline, `${uid} is ${user.status}, and was to be ${status}`);
    }
  }

  // callOf is what a media server reads of a call token.
  async callOf(callToken) {
    const { body } = await this.server.request('GET', '/v3/call_tokens', { headers: { callToken } });
    const { user, sessionId } = body.data.payload.data;
    return { uid: user.uid, sessionId };
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
