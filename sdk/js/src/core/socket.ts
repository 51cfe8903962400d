import { type Presence, ping, presenceOf, readFrame, verdictOf } from './frames.js';

/** The part of a WebSocket that is used. */
export interface WebSocketLike {
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: { data: unknown }) => unknown) | null;
  onclose: ((event: { code: number }) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  /** Ends it without a farewell; only some have it. */
  terminate?(): void;
}

/** What opens a WebSocket; the platform's own unless the settings give another one. */
export type WebSocketMaker = new (url: string) => WebSocketLike;

/** Times in milliseconds: those of the official SDKs (wire.md 8). */
const pingInterval = 15_000;
const pongTimeLimit = 3000;

/** How long the server may take to answer a farewell, in milliseconds. */
const farewellTimeLimit = 1000;

/** By these the server refuses: the JWT is not good, and the session has ended. */
const refusals = [4401, 4403];

/**
 * What the server makes of an end: after the first the user is offline at once, after the second they
 * have a moment to come back, as after a reload. A page can give no other codes below 3000.
 */
export const closeCodes = { loggedOut: 1000, away: 3000 } as const;

/** What a socket tells; `ended` comes once, and nothing after it. */
export interface SocketEvents {
  /** The server knows whose it is. */
  proven(): void;
  heard(presence: Presence): void;
  /** Whether the server did not take the JWT, or not any more: what that means only the API says. */
  ended(refused: boolean): void;
}

/** How a socket is opened. */
export interface SocketSettings {
  readonly make: WebSocketMaker;
  readonly url: string;
  readonly hello: string;
  /** Names this client: its own frames come back with it. */
  readonly resource: string;
  /** Limits what happens until the server knows whose it is; milliseconds. */
  readonly timeout: number;
}

/** One realtime connection, from its opening to its end. */
export class Socket {
  readonly #socket: WebSocketLike;
  readonly #settings: SocketSettings;
  readonly #events: SocketEvents;
  #isProven = false;
  #late: ReturnType<typeof setTimeout> | undefined;
  #pings: ReturnType<typeof setInterval> | undefined;

  /** Throws where the platform refuses the address. */
  constructor(settings: SocketSettings, events: SocketEvents) {
    this.#settings = settings;
    this.#events = events;
    const socket = new settings.make(settings.url);
    this.#socket = socket;
    this.#expect(settings.timeout);
    socket.onopen = () => this.#send(settings.hello);
    socket.onmessage = ({ data }) => this.#take(readFrame(data));
    socket.onclose = ({ code }) => this.#end(refusals.includes(code));
    // On some platforms no close follows.
    socket.onerror = () => this.#end(false);
  }

  /** Ends it; nothing is told any more. It resolves when the server knows, or has had the time to. */
  close(code: number, reason: string): Promise<void> {
    clearTimeout(this.#late);
    clearInterval(this.#pings);
    const socket = this.#socket;
    socket.onopen = socket.onmessage = null;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        socket.terminate?.();
        resolve();
      }, farewellTimeLimit);
      // A Node program that is done must not wait for it.
      (timer as { unref?: () => void }).unref?.();
      socket.onclose = socket.onerror = () => {
        clearTimeout(timer);
        resolve();
      };
      try {
        socket.close(code, reason);
      } catch {
        // It had not got so far that it could be closed.
        resolve();
      }
    });
  }

  #end(refused: boolean): void {
    void this.close(closeCodes.away, 'the connection is lost');
    this.#events.ended(refused);
  }

  #expect(milliseconds: number): void {
    clearTimeout(this.#late);
    this.#late = setTimeout(() => this.#end(false), milliseconds);
  }

  #send(frame: string): void {
    try {
      this.#socket.send(frame);
    } catch {
      this.#end(false);
    }
  }

  #take(frame: Record<string, unknown>): void {
    const verdict = verdictOf(frame);
    if (!this.#isProven) {
      if (verdict === '200') this.#begin();
      else if (verdict !== undefined) this.#end(verdict.startsWith('4'));
    } else if (frame.action === 'pong') {
      clearTimeout(this.#late);
    } else if (frame.deviceId !== this.#settings.resource) {
      const presence = presenceOf(frame);
      if (presence) this.#events.heard(presence);
    }
  }

  #begin(): void {
    this.#isProven = true;
    clearTimeout(this.#late);
    this.#pings = setInterval(() => {
      this.#expect(pongTimeLimit);
      this.#send(ping);
    }, pingInterval);
    this.#events.proven();
  }
}
