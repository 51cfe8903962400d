import { callsCodes } from '../codes_gen.js';
import { isObject, parseJSON } from './answer.js';
import { isCredential } from './checks.js';
import { Failure, isVerdict } from './failure.js';
import type { Space } from './space.js';
import type { Transport } from './transport.js';
import type { Warn } from './warning.js';

const format = 1;

/** How many tokens are kept; the oldest go first. */
const longestList = 20;

/** The tokens that the server is still to end: asked at once, and again until it has answered. */
export class Revocations {
  readonly #space: Space;
  readonly #transport: Transport;
  readonly #warn: Warn;
  /** The requests on their way, by token. */
  readonly #running = new Map<string, AbortController>();
  /** Tokens that must not be revoked now, because a login with them runs. */
  readonly #spared = new Set<string>();
  #retrying = false;

  constructor(space: Space, transport: Transport, warn: Warn) {
    this.#space = space;
    this.#transport = transport;
    this.#warn = warn;
  }

  /** The tokens of the list; one that cannot be understood counts as empty. */
  async list(): Promise<string[]> {
    return decodeList(await this.#space.read('revocations'));
  }

  /** Puts a token on the list, so that it is revoked even if the program ends now. */
  async add(token: string): Promise<void> {
    await this.#change((tokens) => [...tokens.filter((other) => other !== token), token].slice(-longestList));
  }

  /** Takes a token off the list. */
  async remove(token: string): Promise<void> {
    await this.#change((tokens) => tokens.filter((other) => other !== token));
  }

  /** From now on the token is wanted again; the request that is on its way is given up. */
  spare(token: string): void {
    this.#spared.add(token);
    this.#running.get(token)?.abort();
  }

  /** Ends what `spare` began. */
  unspare(token: string): void {
    this.#spared.delete(token);
  }

  /** Puts the token on the list and asks the server. It never fails. */
  async revoke(token: string): Promise<void> {
    await this.add(token);
    await this.ask(token);
  }

  /** Asks the server to end a token of the list. It never fails; it gives the server's message, if it has one. */
  async ask(token: string): Promise<string | undefined> {
    try {
      return await this.#ask(token);
    } catch (error) {
      if (!isVerdict(error)) this.#warn('A token could not be ended on the server; it is tried again later.', error);
      return undefined;
    }
  }

  /** Asks again for each token of the list, beside whatever else happens. It never fails. */
  async retry(): Promise<void> {
    if (this.#retrying) return;
    this.#retrying = true;
    try {
      for (const token of await this.list()) {
        if (this.#running.has(token) || this.#spared.has(token)) continue;
        await this.#ask(token).catch((error: unknown) => {
          if (isUnreached(error)) throw error;
        });
      }
    } catch (error) {
      this.#warn('Tokens still wait to be ended on the server.', error);
    } finally {
      this.#retrying = false;
    }
  }

  async #ask(token: string): Promise<string | undefined> {
    const controller = new AbortController();
    this.#running.set(token, controller);
    try {
      const data = await this.#transport.send({ method: 'DELETE', path: ['me'], token, signal: controller.signal });
      await this.remove(token);
      return isObject(data) && typeof data.message === 'string' ? data.message : undefined;
    } catch (error) {
      if (isVerdict(error)) await this.remove(token);
      throw error;
    } finally {
      if (this.#running.get(token) === controller) this.#running.delete(token);
    }
  }

  // What is on the list is less than the call that it is part of: a storage that fails has warned.
  async #change(change: (tokens: string[]) => string[]): Promise<void> {
    await this.#space
      .update('revocations', (text) => {
        const tokens = change(decodeList(text));
        return tokens.length > 0 ? JSON.stringify({ format, tokens }) : null;
      })
      .catch(() => {});
  }
}

const isUnreached = (error: unknown): boolean => error instanceof Failure && error.code === callsCodes.NotReached;

function decodeList(text: string | null): string[] {
  const stored = text === null ? undefined : parseJSON(text);
  if (!isObject(stored) || stored.format !== format || !Array.isArray(stored.tokens)) return [];
  return stored.tokens.filter(isCredential);
}
