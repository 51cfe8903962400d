import type { Device } from './device.js';
import type { Session } from './session.js';
import type { Warn } from './warning.js';

/** What hangs on the session beside the listeners, such as its realtime connection. */
export interface Companion {
  /** The client can be asked from now on; sessions that were there before are no news. */
  start(): void;
  /** There is another session, none, or the same with newer facts; it must not call back before it has returned. */
  sessionChanged(session: Session | undefined): void;
  close(): void;
}

/** What a client tells its companion. */
export interface Company {
  readonly appId: string;
  /** The base URL of calls with a token. */
  readonly base: string;
  /** Names this run of the program to the server. */
  readonly resource: string;
  readonly device: Device;
  /** Milliseconds. */
  readonly timeout: number;
  readonly warn: Warn;
  checkSession(): Promise<Session>;
}
