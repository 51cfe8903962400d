import { json, raw, refusal } from '../fake.js';

/** The token that a back end gave out: the end of a session does not end it. */
export const backendToken = 'ann_of_a_backend';

/** Requests that wait until the story says what becomes of them, and the server that they go to. */
export class Network {
  /** Requests that nobody has answered yet, oldest first. */
  parked = [];
  cut = false;
  /** The tokens that are good, with their users. */
  tokens = new Map([[backendToken, 'ann']]);
  /** Tokens that no client has ever heard of, or that died with a tab. */
  orphans = new Set();
  #chance;
  #issued = 0;

  constructor(chance) {
    this.#chance = chance;
  }

  fetchOf = (tab) => (url, init) =>
    new Promise((resolve, reject) => {
      if (tab.gone) return reject(new Error('the tab is gone'));
      const { pathname } = new URL(url);
      const request = { tab, method: init.method, pathname, headers: init.headers, resolve, reject, owner: undefined };
      this.parked.push(request);
      init.signal.addEventListener('abort', () => {
        if (!this.#take(request)) return;
        // It may have got there all the same.
        if (this.#chance.below(2) === 0) this.#serve(request);
        request.givenUp = true;
        reject(new Error('aborted'));
      });
    });

  /** Brings a request to the end that is named, and gives the code that its caller gets, or ''. */
  end(request, how) {
    if (!this.#take(request)) throw new Error('the request is not there any more');
    const { resolve, reject } = request;
    const lost = () => {
      reject(new TypeError('fetch failed'));
      return 'ERROR_IO_EXCEPTION';
    };
    if (this.cut || how === 'lost') return lost();
    if (how === 'garbage') {
      resolve(raw(200, '<html>Welcome to the hotel</html>')());
      return 'ERROR_JSON_EXCEPTION';
    }
    if (how === 'busy') {
      resolve(json(refusal('ERR_TOO_MANY_REQUESTS'), 429));
      return 'ERR_TOO_MANY_REQUESTS';
    }
    const answer = this.#serve(request);
    const isLost = how === 'answerLost';
    if ((isLost || request.tab.gone) && request.method === 'POST') this.orphans.add(answer.data.authToken);
    if (isLost) return lost();
    request.answer = answer;
    resolve(json(answer));
    return answer.error?.code ?? '';
  }

  #take(request) {
    const index = this.parked.indexOf(request);
    if (index >= 0) this.parked.splice(index, 1);
    return index >= 0;
  }

  #serve({ method, pathname, headers }) {
    if (method === 'POST') {
      const uid = pathname.split('/')[2];
      const authToken = `${uid}_${++this.#issued}`;
      this.tokens.set(authToken, uid);
      return { data: { uid, authToken } };
    }
    const token = headers.authToken;
    const uid = this.tokens.get(token);
    if (uid === undefined) return refusal('AUTH_ERR_AUTH_TOKEN_NOT_FOUND');
    if (method === 'DELETE') {
      if (token !== backendToken) this.tokens.delete(token);
      return { data: { success: true, message: 'Goodbye.' } };
    }
    return { data: { uid, name: uid, authToken: token } };
  }
}
