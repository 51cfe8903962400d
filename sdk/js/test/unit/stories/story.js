import assert from 'node:assert/strict';
import { Client } from '../../../dist/core/client.js';
import { codeOf } from '../fake.js';
import { Browser } from './browser.js';
import { Chance, settle } from './chance.js';
import { backendToken, Network } from './network.js';

const verdict = 'AUTH_ERR_AUTH_TOKEN_NOT_FOUND';
const loggedIn = (session) => `in ${session.authToken}`;

const says = {
  loginSuccess: ({ session }) => loggedIn(session),
  loginFailure: ({ failure }) => `refused ${failure.code}`,
  logoutSuccess: ({ reason }) => `out ${reason}`,
  logoutFailure: ({ failure }) => `not out ${failure.code}`,
};

// A logout that discards a login tells two events, in an order that is nowhere said.
function compareHeard({ name, heard, expected }) {
  assert.deepEqual(heard.splice(0).sort(), expected.splice(0).sort(), `what ${name} has heard`);
}

/**
 * One random story of several tabs over one storage, each held after every step against what
 * spec/session.md says of it: whom the tab has, what its listeners heard, and what its calls came to.
 */
export class Story {
  /** What happened, for whoever has to find out why it went wrong. */
  steps = [];
  #chance;
  #network;
  #browser = new Browser();
  #tabs = [];
  #calls = [];
  #opened = 0;
  // What must be stored.
  #stored;

  constructor(seed) {
    this.#chance = new Chance(seed);
    this.#network = new Network(this.#chance);
  }

  async tell(length) {
    for (let tab = 1 + this.#chance.below(3); tab > 0; tab--) await this.#open();
    for (let step = 0; step < length; step++) {
      await this.#step();
      await this.#check();
    }
    await this.#end();
  }

  async #step() {
    const { parked } = this.#network;
    const name = this.#chance.weighted({
      login: 5,
      token: 2,
      logout: 3,
      checkSession: 2,
      answer: parked.length > 0 ? 14 : 0,
      news: 6,
      open: this.#tabs.length < 4 ? 1 : 0,
      close: this.#tabs.length > 1 ? 1 : 0,
      die: this.#tabs.length > 1 ? 0.5 : 0,
      cut: 0.7,
      revoke: 1,
    });
    const tab = this.#chance.of(this.#tabs);
    const run = {
      login: () => this.#login(tab, this.#chance.of(['ann', 'bob'])),
      token: () => this.#loginWithToken(tab),
      logout: () => this.#logout(tab),
      checkSession: () => this.#checkSession(tab),
      answer: () => this.#answer(this.#chance.of(parked), this.#fate()),
      news: () => this.#news(tab),
      open: () => this.#open(),
      close: () => this.#close(tab),
      die: () => this.#die(tab),
      cut: () => this.#cut(),
      revoke: () => this.#revoke(),
    };
    await run[name]();
  }

  #fate() {
    return this.#chance.weighted({ well: 10, lost: 1, answerLost: 1, garbage: 1, busy: 1 });
  }

  #write(step) {
    this.steps.push(step);
  }

  // A tab as it is, and as it must be: `token` whom it has, `expected` what its listeners must have heard.
  async #open() {
    const name = `tab ${++this.#opened}`;
    this.#write(`${name} opens`);
    const tab = { name, heard: [], expected: [], running: undefined, gone: false };
    tab.client = await Client.open({
      appId: 'app-1',
      host: 'http://usher.test',
      storage: this.#browser.storageOf(name, () => tab.gone),
      fetch: this.#network.fetchOf(tab),
      warn: () => {},
      tell: (event) => tab.heard.push(says[event.type](event)),
    });
    tab.token = this.#stored;
    this.#tabs.push(tab);
  }

  // Begins a call; what it comes to is known once `expect` was called for it.
  #call(tab, what, call) {
    this.#write(`${tab.name}: ${what}`);
    const made = { what: `${what} in ${tab.name}`, tab, outcome: undefined, expected: undefined };
    codeOf(call()).then((outcome) => {
      made.outcome = outcome;
    });
    this.#calls.push(made);
    return made;
  }

  #expect(call, code = '') {
    if (call.expected === undefined) call.expected = code || 'no error';
  }

  #change(tab, token, event) {
    tab.token = token;
    tab.expected.push(event);
  }

  #uidOf = (token) => token?.split('_')[0];

  async #login(tab, uid) {
    const call = this.#call(tab, `login of ${uid}`, () => tab.client.login(uid, 'key'));
    await this.#begun(tab, call, this.#uidOf(tab.token) === uid, 'POST');
  }

  async #loginWithToken(tab) {
    const call = this.#call(tab, 'login with a token', () => tab.client.loginWithAuthToken(backendToken));
    await this.#begun(tab, call, tab.token === backendToken, 'PUT');
  }

  async #begun(tab, call, isIn, method) {
    if (tab.running) return this.#expect(call, 'ERROR_LOGIN_IN_PROGRESS');
    if (isIn) {
      this.#expect(call);
      return this.#change(tab, tab.token, `in ${tab.token}`);
    }
    tab.running = call;
    await this.#own(call, method);
  }

  // The request that a call waits for.
  async #own(call, method, token) {
    await settle();
    const request = this.#network.parked.findLast(
      (other) =>
        other.tab === call.tab &&
        other.method === method &&
        !other.owner &&
        (!token || other.headers.authToken === token),
    );
    assert.ok(request, `${call.what} sends ${method}`);
    request.owner = call;
    call.request = request;
  }

  #fail(call, code) {
    this.#expect(call, code);
    call.tab.running = undefined;
    call.tab.expected.push(`refused ${code}`);
  }

  async #logout(tab) {
    const [call, ended] = [this.#call(tab, 'logout', () => tab.client.logout()), tab.token];
    if (tab.running) this.#fail(tab.running, 'ERROR_LOGIN_DISCARDED');
    if (!ended) {
      tab.expected.push('not out ERROR_NO_USER_LOGGED_IN');
      return this.#expect(call, 'ERROR_NO_USER_LOGGED_IN');
    }
    if (this.#stored === ended) this.#stored = undefined;
    this.#change(tab, undefined, 'out userInitiated');
    await this.#own(call, 'DELETE', ended);
  }

  async #checkSession(tab) {
    const call = this.#call(tab, 'checkSession', () => tab.client.checkSession());
    call.asked = tab.token;
    if (!tab.token) return this.#expect(call, 'ERROR_NO_USER_LOGGED_IN');
    await this.#own(call, 'GET');
  }

  async #answer(request, how) {
    const { tab, method, owner } = request;
    const code = this.#network.end(request, how);
    this.#write(`${method} of ${tab.name} ends ${how}: ${code || 'well'}`);
    if (tab.gone || owner?.expected !== undefined || !owner) return settle();
    if (method === 'DELETE') this.#expect(owner);
    else if (method === 'GET') this.#checked(owner, code);
    else if (code) this.#fail(owner, code);
    else if (method === 'POST') await this.#own(owner, 'PUT');
    else this.#succeed(owner, request.answer.data.authToken);
    return settle();
  }

  #succeed(call, token) {
    this.#expect(call);
    call.tab.running = undefined;
    this.#stored = token;
    this.#change(call.tab, token, `in ${token}`);
  }

  #checked(call, code) {
    const { tab, asked } = call;
    if (!tab.token) return this.#expect(call, 'ERROR_NO_USER_LOGGED_IN');
    if (code === verdict && tab.token === asked) {
      if (this.#stored === asked) this.#stored = undefined;
      this.#change(tab, undefined, 'out revoked');
    }
    this.#expect(call, code);
  }

  async #news(tab) {
    this.#write(`${tab.name} has news`);
    this.#browser.bringNews(tab.name);
    if (tab.token !== this.#stored)
      this.#change(tab, this.#stored, this.#stored ? `in ${this.#stored}` : 'out elsewhere');
    await settle();
  }

  async #close(tab) {
    this.#write(`${tab.name} closes`);
    tab.client.close();
    if (tab.running) this.#expect(tab.running, 'ERROR_LOGIN_DISCARDED');
    for (const call of this.#calls.filter((call) => call.tab === tab && call.asked)) call.closed = true;
    await this.#leave(tab);
  }

  // Nothing that it does has an effect any more.
  async #die(tab) {
    this.#write(`${tab.name} dies`);
    tab.gone = true;
    this.#browser.forget(tab.name);
    for (const token of this.#network.tokens.keys()) if (token !== this.#stored) this.#network.orphans.add(token);
    this.#calls = this.#calls.filter((call) => call.tab !== tab);
    await this.#leave(tab);
  }

  async #leave(tab) {
    this.#tabs = this.#tabs.filter((other) => other !== tab);
    tab.token = undefined;
    await settle();
    if (!tab.gone) compareHeard(tab);
  }

  #cut() {
    this.#network.cut = !this.#network.cut;
    this.#write(this.#network.cut ? 'the network is cut' : 'the network is back');
  }

  #revoke() {
    const token = this.#chance.of([...this.#network.tokens.keys()]);
    if (!token || token === backendToken) return;
    this.#write(`${token} is revoked`);
    this.#network.tokens.delete(token);
    this.#revoked.add(token);
  }

  #revoked = new Set();

  async #check() {
    await settle();
    assert.equal(this.#browser.storedToken, this.#stored, 'what is stored');
    for (const tab of this.#tabs) {
      assert.equal(tab.client.session?.authToken, tab.token, `whom ${tab.name} has`);
      compareHeard(tab);
      // Else it would never learn of it.
      assert.ok(tab.token === this.#stored || this.#browser.news.has(tab.name), `${tab.name} has news to come`);
    }
    this.#calls = this.#calls.filter((call) => {
      // A logout does not wait for the end of a token that is wanted again.
      if (call.request?.givenUp) this.#expect(call);
      if (call.closed && call.expected === undefined) return false;
      assert.equal(call.outcome, call.expected, call.what);
      return call.outcome === undefined;
    });
  }

  // With the network back everything settles, all agree, and no token is alive but the session's.
  async #end() {
    this.#write('the end');
    this.#network.cut = false;
    await this.#answerAll();
    for (const tab of this.#tabs) await this.#news(tab);
    await this.#check();
    assert.deepEqual(
      this.#calls.map(({ what }) => what),
      [],
      'calls that never settle',
    );
    await this.#open();
    await this.#answerAll();
    await this.#check();
    const { tokens, orphans } = this.#network;
    assert.ok(
      !this.#stored || tokens.has(this.#stored) || this.#revoked.has(this.#stored),
      'the token of the session that is stored lives',
    );
    const left = [...tokens.keys()].filter(
      (token) => ![this.#stored, backendToken].includes(token) && !orphans.has(token),
    );
    assert.deepEqual(left, [], 'tokens that nobody ends');
    for (const tab of this.#tabs) tab.client.close();
  }

  async #answerAll() {
    while (this.#network.parked.length > 0) {
      await this.#answer(this.#network.parked[0], 'well');
      await this.#check();
    }
  }
}
