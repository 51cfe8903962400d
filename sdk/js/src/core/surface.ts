import { callsCodes } from '../codes_gen.js';
import { Client, type ClientSettings } from './client.js';
import type { SessionEvent } from './events.js';
import { Failure } from './failure.js';
import type { Place } from './hosts.js';
import { Listeners } from './listeners.js';
import type { Session } from './session.js';
import { memoryStorage, type StorageAdapter } from './storage.js';
import { type WebStorageKind, webStorage } from './storage_web.js';
import type { Fetch } from './transport.js';
import { safely, type Warn } from './warning.js';

/** What both SDKs can be given beside the place. */
export interface Options {
  /** Keeps the session elsewhere than in the browser, for example in React Native's AsyncStorage. */
  storage?: StorageAdapter | undefined;
  /** Which storage of the browser is used when no other is given; `local` when missing. */
  storageMode?: WebStorageKind | undefined;
  /** Limits each request, answer included; in milliseconds, 15000 when missing. */
  timeout?: number | undefined;
  /** Sends the requests in place of the platform's own fetch. */
  fetch?: Fetch | undefined;
  /** Hears what no error tells, such as a stored session that cannot be read. No message holds a credential. */
  onWarning?: Warn | undefined;
}

/** What the static surface of an SDK stands on: at most one client, and listeners that outlive it. */
export class Surface<Listener extends object> {
  readonly #listeners = new Listeners<Listener>();
  readonly #toCall: (event: SessionEvent) => (listener: Listener) => unknown;
  // It outlives a second init, as the storage of a browser does.
  readonly #memory = memoryStorage();
  #client: Client | undefined;
  #opening = 0;

  /** Takes how a listener hears an event. */
  constructor(toCall: (event: SessionEvent) => (listener: Listener) => unknown) {
    this.#toCall = toCall;
  }

  /** Replaces the client, if there is one. `accompany` makes what hangs on its session. */
  async init(place: Place, options: Options, accompany?: ClientSettings['accompany']): Promise<void> {
    this.close();
    const opening = this.#opening;
    const warn = safely(options.onWarning);
    const client = await Client.open({
      ...place,
      storage: options.storage ?? this.#defaultStorage(options.storageMode ?? 'local', warn),
      timeout: options.timeout,
      fetch: options.fetch,
      warn,
      accompany,
      tell: (event) => this.#listeners.tell(this.#toCall(event), warn),
    });
    // Another init, or close, came meanwhile.
    if (opening !== this.#opening) return client.close();
    this.#client = client;
    client.companion?.start();
  }

  /** The client; before init a failure. */
  get client(): Client {
    if (!this.#client) throw new Failure(callsCodes.NotInitialized);
    return this.#client;
  }

  get isInitialized(): boolean {
    return this.#client !== undefined;
  }

  /** Who is logged in; before init nobody. */
  get session(): Session | undefined {
    return this.#client?.session;
  }

  close(): void {
    this.#opening++;
    this.#client?.close();
    this.#client = undefined;
  }

  addListener(id: string, listener: Listener): void {
    this.#listeners.add(id, listener);
  }

  removeListener(id: string): void {
    this.#listeners.remove(id);
  }

  #defaultStorage(kind: WebStorageKind, warn: Warn): StorageAdapter {
    const storage = webStorage(kind);
    if (!storage && typeof document !== 'undefined') {
      warn('The browser gives no storage; the session ends with the page.');
    }
    return storage ?? this.#memory;
  }
}
