import assert from 'node:assert/strict';

const shown = 12;
const shownHeaders = ['appid', 'apikey', 'authtoken', 'resource', 'sdk'];
const secretHeaders = ['apikey', 'authtoken'];

// What Chromium reports while nobody listens: the SDK tries its WebSocket again every five seconds.
const noServer = /^WebSocket connection to 'wss:\/\/[^/']+\/' failed:/;

// What Chromium reports for an answer with an error status; which of them may be is checked by code.
const errorStatus = /^Failed to load resource: the server responded with a status of \d+/;

// Journal keeps what one device sent, what it was answered, and what its console said. Whoever runs
// the device tells it.
export class Journal {
  #pageOrigin;
  #exchanges = [];
  #sockets = [];
  #complaints = [];

  // pageOrigin is where the device's pages come from; what runs no page has none.
  constructor(pageOrigin) {
    this.#pageOrigin = pageOrigin;
  }

  // asks keeps a request, {method, url, headers, body}, and gives what its answer is told of.
  asks(request) {
    const exchange = { request };
    this.#exchanges.push(exchange);
    return {
      answered: (status, headers, text) => {
        Object.assign(exchange, { status, headers });
        exchange.read = text.then(
          (text) => Object.assign(exchange, { text, body: parsed(text) }),
          (error) => Object.assign(exchange, { text: `(unreadable: ${error.message})` }),
        );
      },
      failed: (why) => Object.assign(exchange, { failed: why }),
    };
  }

  // opens keeps the address of a WebSocket that was tried.
  opens(address) {
    this.#sockets.push(new URL(address));
  }

  // complains keeps an error of the console, or one that nobody caught.
  complains(text) {
    this.#complaints.push(text);
  }

  // read waits until the bodies of all answers are here: a page that is left takes them along.
  async read() {
    await Promise.all(this.#exchanges.map((exchange) => exchange.read));
  }

  // calls is what was asked of the API since a mark.
  calls(mark = 0) {
    return this.#exchanges.slice(mark);
  }

  // asked is the same in the form "PUT host/path". The telemetry is left out: it is sent five
  // seconds after a login, wherever the test is by then.
  asked(mark = 0) {
    const asked = this.calls(mark).map(({ request }) => `${request.method} ${request.url.replace(/^https:\/\//, '')}`);
    return asked.filter((line) => !line.endsWith('/user_sessions'));
  }

  // sockets is where a WebSocket was tried, host and port.
  sockets() {
    return this.#sockets.map((url) => `${url.hostname}:${url.port || 443}`);
  }

  get mark() {
    return this.#exchanges.length;
  }

  // verify is what holds for every test, whatever it is about. way says which hosts may be called,
  // refusals which error codes the test provoked.
  async verify(way, refusals, serverWasAway) {
    await this.read();
    const answered = this.calls().filter((exchange) => exchange.read);
    for (const exchange of answered) verifyAnswer(exchange, this.#pageOrigin);
    const codes = answered.filter(({ body }) => body.error).map(({ body }) => body.error.code);
    assert.deepEqual(codes.sort(), refusals.toSorted(), 'the server refused just what the test provoked');
    this.#verifyHosts(way);
    this.#verifyConsole(serverWasAway);
  }

  #verifyHosts(way) {
    const hosts = new Set([...Object.values(way.first), way.settings.ADMIN_API_HOST, way.settings.CLIENT_API_HOST].map(hostOf));
    for (const { request } of this.calls()) {
      const url = new URL(request.url);
      assert.equal(url.protocol, 'https:');
      assert.ok(hosts.has(url.host), `the app called ${url.host}`);
    }
    for (const socket of this.sockets()) assert.equal(socket, socketOf(way));
  }

  #verifyConsole(serverWasAway) {
    for (const text of this.#complaints) {
      const allowed = errorStatus.test(text) || (serverWasAway && noServer.test(text));
      assert.ok(allowed, `the console says: ${text}`);
    }
  }

  // last describes the last requests and their answers for whoever reads a failure.
  async last() {
    await this.read();
    return this.calls().slice(-shown).map(describe).join('\n');
  }
}

const hostOf = (base) => base.split('/')[0];
const socketOf = (way) => `${way.settings.CHAT_HOST}:${way.settings.CHAT_WSS_PORT}`;

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Every answer, errors too: in the one envelope that the SDK understands and, where a page asked,
// readable for a page of another origin (wire contract, rules 1 and 11).
function verifyAnswer({ request, status, headers, text, body }, pageOrigin) {
  const what = `${request.method} ${request.url}`;
  if (pageOrigin) assert.ok(['*', pageOrigin].includes(headers['access-control-allow-origin']), `${what}: no CORS header`);
  assert.match(headers['content-type'] ?? '', /^application\/json/, what);
  assert.ok(body && typeof body === 'object', `${what}: not JSON: ${text}`);
  if (status < 400) assert.ok(body.data && typeof body.data === 'object', `${what}: ${status} without data`);
  else assert.equal(typeof body.error?.code, 'string', `${what}: ${status} without error.code`);
}

function describe({ request, status, failed, text }) {
  const told = shownHeaders.filter((name) => request.headers[name]).map((name) => `${name}: ${shownValue(name, request.headers[name])}`);
  return [
    `> ${request.method} ${request.url}  ${told.join(', ')}`,
    ...(request.body ? [`> ${request.body}`] : []),
    status ? `< ${status} ${text ?? ''}` : `< ${failed ?? 'no answer yet'}`,
  ].join('\n');
}

const shownValue = (name, value) => (secretHeaders.includes(name) ? `${value.slice(0, 5)}…` : value);
