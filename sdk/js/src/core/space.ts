import { callsCodes } from '../codes_gen.js';
import { Failure } from './failure.js';
import type { StorageAdapter, StorageWatch } from './storage.js';
import type { Warn } from './warning.js';

/** The entries of a space. */
export type Entry = 'session' | 'revocations' | 'device';

/**
 * The entries of one app at one server in a storage; nothing else there is touched.
 *
 * Writes happen one after the other, and at once where the storage answers at once: a page may be
 * gone before the next turn.
 */
export class Space {
  readonly #storage: StorageAdapter;
  readonly #name: string;
  readonly #warn: Warn;
  #last: Promise<unknown> | undefined;

  constructor(storage: StorageAdapter, appId: string, base: string, warn: Warn) {
    this.#storage = storage;
    this.#name = `usher/${appId}@${base}/`;
    this.#warn = warn;
  }

  async read(entry: Entry): Promise<string | null> {
    try {
      return await this.#inOrder(() => this.#storage.getItem(this.#name + entry));
    } catch (error) {
      throw this.#failed('read', error);
    }
  }

  async write(entry: Entry, text: string): Promise<void> {
    try {
      await this.#inOrder(() => this.#storage.setItem(this.#name + entry, text));
    } catch (error) {
      throw this.#failed('written', error);
    }
  }

  /** Writes what `change` makes of the stored text, or removes it when that is null. */
  async update(entry: Entry, change: (text: string | null) => string | null): Promise<void> {
    const key = this.#name + entry;
    const put = (text: string | null): unknown => {
      const changed = change(text);
      if (changed === text) return undefined;
      return changed === null ? this.#storage.removeItem(key) : this.#storage.setItem(key, changed);
    };
    try {
      await this.#inOrder(() => {
        const text = this.#storage.getItem(key);
        return text instanceof Promise ? text.then(put) : put(text);
      });
    } catch (error) {
      throw this.#failed('changed', error);
    }
  }

  watch(entry: Entry, changed: () => void): StorageWatch | undefined {
    return this.#storage.watch?.(this.#name + entry, changed);
  }

  #inOrder<T>(step: () => T | Promise<T>): T | Promise<T> {
    const run = this.#last ? this.#last.then(step) : step();
    if (!(run instanceof Promise)) return run;
    const settled: Promise<unknown> = run
      .catch(() => {})
      .then(() => {
        if (this.#last === settled) this.#last = undefined;
      });
    this.#last = settled;
    return run;
  }

  #failed(what: string, cause: unknown): Failure {
    this.#warn(`The storage could not be ${what}.`, cause);
    return new Failure(callsCodes.StorageFailed);
  }
}
