import { memoryStorage } from '../../dist/index.js';

/** A server of one app, as far as sessions need it. It keeps what it is asked and can be told to spoil answers. */
export class FakeServer {
  /** What was asked, as `METHOD path credential`. */
  asked = [];
  /** The tokens that are good, with their users. */
  tokens = new Map();
  /** Answers in place of the server, unless it gives undefined. */
  spoil = () => undefined;
  /** Gives the JWT that an answer about the user holds; none unless a test says so. */
  jwtOf = () => undefined;
  #issued = 0;

  constructor(...uids) {
    this.uids = new Set(uids.length > 0 ? uids : ['ann', 'bob']);
  }

  issue(uid) {
    const token = `${uid}_${++this.#issued}`;
    this.tokens.set(token, uid);
    return token;
  }

  fetch = async (url, init) => {
    const path = new URL(url).pathname;
    const { apiKey, authToken } = init.headers;
    const line = `${init.method} ${path} ${apiKey ?? authToken}`;
    this.asked.push(line);
    const answer = (await this.spoil(line, init)) ?? this.#answer(init.method, path, { apiKey, authToken });
    return answer instanceof Response ? answer : json(answer);
  };

  #answer(method, path, { apiKey, authToken }) {
    const uid = path.match(/^\/users\/([^/]+)\/auth_tokens$/)?.[1];
    if (uid !== undefined) {
      if (apiKey !== 'key') return refusal('AUTH_ERR_APIKEY_NOT_FOUND', `The key ${apiKey} is unknown.`);
      if (!this.uids.has(uid.toLowerCase())) return refusal('ERR_UID_NOT_FOUND', 'No such user.');
      return { data: { uid: uid.toLowerCase(), authToken: this.issue(uid.toLowerCase()) } };
    }
    const user = this.tokens.get(authToken);
    if (path !== '/me' || user === undefined)
      return refusal('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', `The token ${authToken} is unknown.`);
    if (method === 'DELETE') {
      this.tokens.delete(authToken);
      return { data: { success: true, message: 'Goodbye.' } };
    }
    return {
      data: { uid: user, name: user.toUpperCase(), status: 'available', authToken, jwt: this.jwtOf(authToken) },
    };
  }
}

export const refusal = (code, message = '') => ({ error: { code, message } });

export const json = (body, status = body.error ? 401 : 200) => new Response(JSON.stringify(body), { status });

export const raw = (status, text) => () => new Response(text, { status });

export const never = () => new Promise(() => {});

export const unreachable = () => Promise.reject(new TypeError('fetch failed'));

/** Settings of an app at the server; the session is kept in memory. */
export function settingsFor(server, changes = {}) {
  return {
    appId: 'app-1',
    host: 'http://usher.test',
    fetch: server.fetch,
    storage: memoryStorage(),
    timeout: 200,
    ...changes,
  };
}

/** Gives the code that the call rejects with. */
export const codeOf = (promise) =>
  promise.then(
    () => 'no error',
    (error) => error.errorCode ?? error.code,
  );

/** Waits until the condition holds. */
export async function until(condition, what = String(condition)) {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
