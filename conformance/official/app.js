import assert from 'node:assert/strict';

// Longer than anything takes that a test waits for; the SDK's own retries come every five seconds.
export const waitTimeLimit = 15_000;

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

// The functions below run beside the SDK, with what the page's scripts call `app`.
const callOf = (app, [name, parameters]) => app.call(name, parameters);
const heardBy = (app) => app.heard.join(', ');
const seenOf = (app, [uid]) => app.seen.filter((line) => line.startsWith(`${uid} `)).map((line) => line.split(' ')[1]).join(', ');
const connections = (app) => app.connection.filter((state) => state === 'connected').length;
const lost = (app) => app.connection.includes('disconnected');

// App is a running app with the SDK, wherever it runs; its methods are the app's calls, which a test
// awaits. How to reach it is up to what runs it: run(f, argument) gives what f(app, argument) gives,
// until(f, argument, expected) waits for it to be just that.
export class App {
  #refusals;

  // refusals collects the error codes that the test provoked on purpose.
  constructor(refusals) {
    this.#refusals = refusals;
  }

  async started() {
    settled('init', await this.run((app) => app.started));
  }

  // call makes a call of the app and gives what the SDK resolves with.
  async call(name, ...parameters) {
    return settled(name, await this.run(callOf, [name, parameters]));
  }

  // refused makes a call that the server is to refuse with the code.
  refused(code, name, ...parameters) {
    this.#refusals.push(code);
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

  // hears waits until the LoginListener was told just this since the app was started, in this order.
  hears(...events) {
    return this.#comesTo(heardBy, [], events.join(', '), 'what the LoginListener heard');
  }

  // sees waits until the UserListener was told just this of a user since the app was started, in this order.
  sees(uid, ...statuses) {
    return this.#comesTo(seenOf, [uid], statuses.join(', '), `what the UserListener heard of ${uid}`);
  }

  // connected waits until the app has been connected so many times since it was started.
  connected(times = 1) {
    return this.#comesTo(connections, [], times, 'how often the app was connected');
  }

  // disconnected waits until the app has lost its connection.
  disconnected() {
    return this.#comesTo(lost, [], true, 'whether the app lost its connection');
  }

  // closed is how the SDK closed its sockets, as "code reason".
  closed() {
    return this.run((app) => app.closed);
  }

  async #comesTo(f, argument, expected, what) {
    if (!(await this.until(f, argument, expected))) assert.equal(await this.run(f, argument), expected, what);
  }
}
