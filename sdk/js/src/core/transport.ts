import { readAnswer, unreached, unusable } from './answer.js';
import { type Details, Failure } from './failure.js';
import type { Bases } from './hosts.js';
import { version } from './version.js';

/** Limits a request, answer included, unless the settings say otherwise; milliseconds. */
export const defaultTimeout = 15_000;

/** The longest answer that is read, in characters. */
const longestAnswer = 1 << 20;

/** What fetch must be able to do; the platform's own unless the settings give another one. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** One call of the API. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The parts after the base URL, unescaped. */
  readonly path: readonly string[];
  /** The credential: a request with a key goes to the host for keys. */
  readonly key?: string;
  readonly token?: string;
  /** Sent as JSON when given. */
  readonly body?: unknown;
  /** Gives the request up from outside. */
  readonly signal?: AbortSignal;
}

/** How requests are sent. */
export interface TransportSettings {
  readonly appId: string;
  readonly bases: Bases;
  /** Names this run of the program to the server. */
  readonly resource: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly fetch: Fetch | undefined;
}

/** Sends requests to one app of one server. */
export class Transport {
  readonly #settings: TransportSettings;

  constructor(settings: TransportSettings) {
    this.#settings = settings;
  }

  /** Sends the request and gives the answer's data. It always settles within the time limit. */
  async send(request: Request): Promise<unknown> {
    const controller = new AbortController();
    let giveUp = (): void => {};
    // A fetch that does not heed its signal must not hold the caller either.
    const givenUp = new Promise<never>((_, reject) => {
      giveUp = () => {
        reject(unreached());
        controller.abort();
      };
    });
    const timer = setTimeout(giveUp, this.#settings.timeout);
    request.signal?.addEventListener('abort', giveUp);
    try {
      return await Promise.race([this.#exchange(request, controller.signal), givenUp]);
    } catch (error) {
      // Anything else is fetch's or the body's, and on some platforms its text holds the headers.
      throw error instanceof Failure ? hideIn(error, [request.key, request.token]) : unreached();
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', giveUp);
    }
  }

  async #exchange(request: Request, signal: AbortSignal): Promise<unknown> {
    const response = await (this.#settings.fetch ?? fetch)(this.#url(request), {
      method: request.method,
      headers: this.#headers(request),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      signal,
      cache: 'no-store',
      credentials: 'omit',
      // The credentials are in headers that would go along to whatever host a redirect names.
      redirect: 'manual',
    });
    return readAnswer(response.status, await readText(response));
  }

  #url({ key, path }: Request): string {
    const { bases } = this.#settings;
    return [key === undefined ? bases.token : bases.key, ...path.map(encodeURIComponent)].join('/');
  }

  #headers({ key, token }: Request): Record<string, string> {
    return {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      appId: this.#settings.appId,
      resource: this.#settings.resource,
      sdk: `javascript@${version}`,
      ...(key === undefined ? {} : { apiKey: key }),
      ...(token === undefined ? {} : { authToken: token }),
    };
  }
}

// Reads no further than an answer can be long. React Native has no streams there.
async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader?.();
  if (!reader) return response.text();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > longestAnswer) {
      reader.cancel().catch(() => {});
      throw unusable();
    }
  }
}

// Servers like to quote what they refuse.
function hideIn(failure: Failure, secrets: readonly (string | undefined)[]): Failure {
  let { code, message, details } = failure;
  for (const secret of secrets) {
    if (!secret) continue;
    const hide = (text: string): string => text.split(secret).join('[hidden]');
    [code, message] = [hide(code), hide(message)];
    details = details && mapDetails(details, hide);
  }
  return new Failure(code, message, details);
}

function mapDetails(details: Details, change: (text: string) => string): Details {
  return Object.fromEntries(Object.entries(details).map(([field, reasons]) => [field, reasons.map(change)]));
}
