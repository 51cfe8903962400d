import assert from 'node:assert/strict';

const shown = 12;
const shownHeaders = ['appid', 'apikey', 'authtoken', 'resource', 'sdk'];
const secretHeaders = ['apikey', 'authtoken'];

// What Chromium reports while nobody listens: the SDK tries its WebSocket again every five seconds.
const noServer = /^WebSocket connection to 'wss:\/\/[^/']+\/' failed:/;

// What Chromium reports for an answer with an error status; which of them may be is checked by code.
const errorStatus = /^Failed to load resource: the server responded with a status of \d+/;

// Journal keeps what one browser context sent, what it was answered, and what its console said.
export class Journal {
  #pageOrigin;
  #exchanges = [];
  #sockets = [];
  #consoleErrors = [];

  constructor(context, pageOrigin) {
    this.#pageOrigin = pageOrigin;
    context.on('request', (request) => this.#exchanges.push({ request }));
    context.on('response', (response) => this.#answer(response));
    context.on('requestfailed', (request) => {
      this.#of(request).failed = request.failure()?.errorText;
    });
    context.on('console', (message) => {
      if (message.type() === 'error') this.#consoleErrors.push(message.text());
    });
    context.on('weberror', (error) => this.#consoleErrors.push(`uncaught: ${error.error().message ?? error.error()}`));
    context.on('page', (page) => page.on('websocket', (socket) => this.#sockets.push(new URL(socket.url()))));
  }

  #of(request) {
    return this.#exchanges.find((exchange) => exchange.request === request);
  }

  #answer(response) {
    const exchange = this.#of(response.request());
    exchange.status = response.status();
    exchange.headers = response.headers();
    exchange.read = response.text().then(
      (text) => Object.assign(exchange, { text, body: parsed(text) }),
      (error) => Object.assign(exchange, { text: `(unreadable: ${error.message})` }),
    );
  }

  // read waits until the bodies of all answers are here: a page that is left takes them along.
  async read() {
    await Promise.all(this.#exchanges.map((exchange) => exchange.read));
  }

  // calls is what was asked of the API, without the page's own files, since a mark.
  calls(mark = 0) {
    return this.#exchanges.slice(mark).filter(({ request }) => !request.url().startsWith(`${this.#pageOrigin}/`));
  }

  // asked is the same in the form "PUT host/path". The telemetry is left out: it is sent five
  // seconds after a login, wherever the test is by then.
  asked(mark = 0) {
    const asked = this.calls(mark).map(({ request }) => `${request.method()} ${request.url().replace(/^https:\/\//, '')}`);
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
    const hosts = new Set([way.first.admin, way.first.client, way.settings.ADMIN_API_HOST, way.settings.CLIENT_API_HOST].map(hostOf));
    for (const { request } of this.calls()) {
      const url = new URL(request.url());
      assert.equal(url.protocol, 'https:');
      assert.ok(hosts.has(url.host), `the page called ${url.host}`);
    }
    for (const socket of this.sockets()) assert.equal(socket, socketOf(way));
  }

  #verifyConsole(serverWasAway) {
    for (const text of this.#consoleErrors) {
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

// Every answer, errors too: readable for a page of another origin, and in the one envelope that the
// SDK understands (wire contract, rules 1 and 11).
function verifyAnswer({ request, status, headers, text, body }, pageOrigin) {
  const what = `${request.method()} ${request.url()}`;
  assert.ok(['*', pageOrigin].includes(headers['access-control-allow-origin']), `${what}: no CORS header`);
  assert.match(headers['content-type'] ?? '', /^application\/json/, what);
  assert.ok(body && typeof body === 'object', `${what}: not JSON: ${text}`);
  if (status < 400) assert.ok(body.data && typeof body.data === 'object', `${what}: ${status} without data`);
  else assert.equal(typeof body.error?.code, 'string', `${what}: ${status} without error.code`);
}

function describe({ request, status, failed, text }) {
  const headers = request.headers();
  const told = shownHeaders.filter((name) => headers[name]).map((name) => `${name}: ${shownValue(name, headers[name])}`);
  return [
    `> ${request.method()} ${request.url()}  ${told.join(', ')}`,
    ...(request.postData() ? [`> ${request.postData()}`] : []),
    status ? `< ${status} ${text ?? ''}` : `< ${failed ?? 'no answer yet'}`,
  ].join('\n');
}

const shownValue = (name, value) => (secretHeaders.includes(name) ? `${value.slice(0, 5)}…` : value);
