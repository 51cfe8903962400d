import assert from 'node:assert/strict';

import { Journal } from './journal.js';

const waitTimeLimit = 15_000;

// Rejection is what the SDK rejected a call with.
class Rejection extends Error {
  constructor(call, value) {
    super(`${call} was rejected with ${JSON.stringify(value)}`);
    this.value = value;
  }
}

function settled(call, outcome) {
  if ('rejected' in outcome) throw new Rejection(call, outcome.rejected);
  return outcome.resolved;
}

// Device is a browser with storage of its own; its tabs share it.
export class Device {
  // The error codes that the test provoked on purpose.
  refusals = [];
  // Whether the test took the server away, so that the browser complains of sockets that it can't open.
  serverWasAway = false;

  constructor(context, { pageOrigin, way, app }) {
    this.context = context;
    this.way = way;
    this.journal = new Journal(context, pageOrigin);
    this.address = `${pageOrigin}/?${new URLSearchParams({ ...app, ...way.overrides })}`;
    context.setDefaultTimeout(waitTimeLimit);
  }

  // tab opens the page and starts the app on it.
  async tab() {
    const tab = new Tab(this, await this.context.newPage());
    await tab.page.goto(this.address);
    await tab.started();
    return tab;
  }
}

// Tab is a page with the SDK; its methods are the app's calls, which a test awaits.
class Tab {
  #device;

  constructor(device, page) {
    this.#device = device;
    this.page = page;
  }

  async started() {
    settled('init', await this.page.evaluate(() => window.app.started));
  }

  async reload() {
    await this.#device.journal.read();
    await this.page.reload();
    await this.started();
  }

  // call makes a call of the app and gives what the SDK resolves with.
  async call(name, ...parameters) {
    return settled(name, await this.page.evaluate(([name, parameters]) => window.app.call(name, parameters), [name, parameters]));
  }

  // refused makes a call that the server is to refuse with the code.
  refused(code, name, ...parameters) {
    this.#device.refusals.push(code);
    return this.rejects(code, name, ...parameters);
  }

  // rejects makes a call that the SDK is to reject with the code.
  async rejects(code, name, ...parameters) {
    const rejected = await this.call(name, ...parameters).then(
      (value) => assert.fail(`${name} was to be rejected with ${code}, but resolved with ${JSON.stringify(value)}`),
      (error) => {
        if (error instanceof Rejection) return error.value;
        throw error;
      },
    );
    assert.equal(rejected.code, code, `${name} was rejected with ${JSON.stringify(rejected)}`);
    assert.ok(rejected.message, `${code} comes with a text for people`);
  }

  // hears waits until the LoginListener was told just this since the page was loaded, in this order.
  async hears(...events) {
    const expected = events.join(', ');
    await this.page
      .waitForFunction((expected) => window.app.heard.join(', ') === expected, expected)
      .catch(async () => assert.equal(await this.page.evaluate(() => window.app.heard.join(', ')), expected, 'what the LoginListener heard'));
  }

  // sees waits until the UserListener was told just this of a user since the page was loaded, in this order.
  async sees(uid, ...statuses) {
    const expected = statuses.join(', ');
    const told = ([uid]) => window.app.seen.filter((line) => line.startsWith(`${uid} `)).map((line) => line.split(' ')[1]).join(', ');
    await this.page
      .waitForFunction(`(${told})(${JSON.stringify([uid])}) === ${JSON.stringify(expected)}`)
      .catch(async () => assert.equal(await this.page.evaluate(told, [uid]), expected, `what the UserListener heard of ${uid}`));
  }

  // connected waits until the page has been connected so many times since it was loaded.
  async connected(times = 1) {
    await this.page.waitForFunction((times) => window.app.connection.filter((state) => state === 'connected').length >= times, times);
  }

  // disconnected waits until the page has lost its connection.
  async disconnected() {
    await this.page.waitForFunction(() => window.app.connection.includes('disconnected'));
  }

  // crash ends the page as a crash of its process does: without a word.
  async crash() {
    const crashed = this.page.waitForEvent('crash');
    await this.page.goto('chrome://crash').catch(() => undefined);
    await crashed;
  }

  // stored is an object that the SDK keeps in the browser, as JSON in JSON, under a key of its own.
  stored(key) {
    return this.page.evaluate((key) => {
      const found = Object.keys(localStorage).find((name) => name.endsWith(`/${key}`));
      return found ? JSON.parse(JSON.parse(localStorage[found])) : null;
    }, key);
  }

  // behind puts this tab behind another one, without the focus. Playwright makes every page believe
  // that it has the focus, and the SDK follows other tabs only without.
  async behind(front) {
    const session = await this.#device.context.newCDPSession(this.page);
    // Only a change takes effect.
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: true });
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
    await front.page.bringToFront();
    await this.page.waitForFunction(() => !document.hasFocus());
  }
}
