import { callsCodes } from '../codes_gen.js';
import { unreached, unusable } from './answer.js';
import type { Companion, Company } from './companion.js';
import { Failure } from './failure.js';
import { helloFrame, type Presence, type Subscription } from './frames.js';
import { Pauses } from './pauses.js';
import { type Session, sameUID } from './session.js';
import { closeCodes, Socket, type WebSocketMaker } from './socket.js';
import { socketAddress } from './socket_address.js';

/** How the realtime connection is: `connecting` is also the pause before another attempt. */
export type ConnectionStatus = 'connected' | 'connecting' | 'disconnected';

/** What a connection is made of. */
export interface ConnectionSettings {
  /** Whether every session begins with a connection. */
  readonly automatic: boolean;
  readonly subscription: Subscription;
  /** Undefined where the platform has none. */
  readonly make: WebSocketMaker | undefined;
  readonly changed: (status: ConnectionStatus) => void;
  readonly heard: (presence: Presence) => void;
}

/** A connection that lasted so long, in milliseconds, was worth it: the pauses begin anew. */
const lasting = 10_000;

/**
 * Keeps the session connected in realtime. Nothing that happens to a connection ends the session; when
 * the server refuses one, the API is asked, whose verdict does.
 */
export class Connection implements Companion {
  readonly #company: Company;
  readonly #settings: ConnectionSettings;
  readonly #pauses = new Pauses(() => this.#open());
  #session: Session | undefined;
  #isWanted: boolean;
  #isStarted = false;
  #isClosed = false;
  #status: ConnectionStatus = 'disconnected';
  /** The token of the session that is worked for, or undefined. */
  #working: string | undefined;
  /** Its connection was ended because the session changed, and no listener has heard of that. */
  #isUntold = false;
  #socket: Socket | undefined;
  /** Runs from a connection's beginning on until it was worth it. */
  #steady: ReturnType<typeof setTimeout> | undefined;
  /** Resolves when the connection before has ended. */
  #leaving: Promise<void> | undefined;
  readonly #waiting = new Set<() => void>();

  constructor(company: Company, settings: ConnectionSettings) {
    this.#company = company;
    this.#settings = settings;
    this.#isWanted = settings.automatic;
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  start(): void {
    this.#isStarted = true;
    this.#settle();
  }

  sessionChanged(session: Session | undefined): void {
    const isSame = session?.authToken === this.#session?.authToken;
    this.#session = session;
    if (!isSame) {
      this.#isWanted = this.#settings.automatic;
      this.#isUntold = this.#working !== undefined;
      this.#hangUp();
    }
    // Listeners hear when whoever changes the session is done with it.
    queueMicrotask(() => this.#settle());
  }

  /** Resolves once there is a connection; the work for it goes on after a failure. */
  async connect(): Promise<void> {
    if (!this.#session) throw new Failure(callsCodes.NoUserLoggedIn);
    if (!this.#settings.make) throw new Failure(callsCodes.InvalidSettings, noWebSocket);
    if (!this.#session.jwt) throw unusable();
    const asked = this.#session.authToken;
    this.#isWanted = true;
    this.#settle();
    await this.#until(() => this.#status === 'connected' || !this.#isWanted || this.#working !== asked);
    if (!this.#session) throw new Failure(this.#isClosed ? callsCodes.NotInitialized : callsCodes.NoUserLoggedIn);
    if (this.#status !== 'connected') throw unreached();
  }

  /** The session stays. */
  disconnect(): void {
    this.#isWanted = false;
    this.#hangUp();
    this.#settle();
  }

  close(): void {
    this.#isClosed = true;
    this.#isWanted = false;
    this.#session = undefined;
    this.#hangUp(closeCodes.away, 'the client is closed');
    this.#status = 'disconnected';
    this.#wake();
  }

  #hangUp(code: number = closeCodes.loggedOut, reason = 'User logged out'): void {
    if (this.#socket) this.#leaving = this.#socket.close(code, reason);
    this.#socket = undefined;
    clearTimeout(this.#steady);
    this.#pauses.stop();
  }

  // Brings the work in line with what is wanted.
  #settle(): void {
    if (this.#isClosed || !this.#isStarted) return;
    const wanted = this.#isWanted && this.#session?.jwt ? this.#session.authToken : undefined;
    if (wanted === this.#working && !this.#isUntold) return;
    this.#isUntold = false;
    if (wanted !== undefined && !this.#settings.make) {
      this.#company.warn(noWebSocket);
      return;
    }
    const before = this.#working;
    this.#working = wanted;
    if (before !== undefined) this.#change('disconnected');
    // A listener may have changed what is wanted.
    if (wanted === undefined || this.#working !== wanted) return;
    this.#pauses.reset();
    this.#change('connecting');
    if (this.#working === wanted) void this.#openAfterFarewell();
  }

  async #openAfterFarewell(): Promise<void> {
    await this.#leaving;
    this.#leaving = undefined;
    this.#open();
  }

  #open(): void {
    if (this.#socket) return;
    const { make, subscription } = this.#settings;
    const session = this.#session;
    if (!session?.jwt || !make || this.#working !== session.authToken) return;
    const { base, resource, timeout } = this.#company;
    const hello = helloFrame(this.#company, subscription, session.user.uid, session.jwt);
    const url = socketAddress(base, session.settings);
    try {
      this.#socket = new Socket(
        { make, url, hello, resource, timeout },
        {
          proven: () => {
            this.#steady = setTimeout(() => this.#pauses.reset(), lasting);
            this.#change('connected');
          },
          heard: (presence) => {
            // The user's own devices come and go unheard.
            if (!sameUID(presence.user.uid, session.user.uid)) this.#settings.heard(presence);
          },
          ended: (refused) => void this.#ended(session, refused),
        },
      );
    } catch (error) {
      this.#company.warn('The realtime connection could not be opened.', error);
      this.#pauses.begin();
    }
  }

  async #ended(session: Session, refused: boolean): Promise<void> {
    this.#socket = undefined;
    clearTimeout(this.#steady);
    if (this.#status === 'connected') {
      this.#change('disconnected');
      if (this.#isAt(session)) this.#change('connecting');
    }
    if (!this.#isAt(session)) return;
    if (refused) {
      // A verdict ends the session, and with it this; any other answer may bring a newer JWT.
      await this.#company
        .checkSession()
        .catch((error: unknown) => this.#company.warn('The server refuses the realtime connection.', error));
    }
    if (this.#isAt(session)) this.#pauses.begin();
  }

  // Whether there is still something to do for the session, and nobody else does it.
  #isAt = ({ authToken }: Session): boolean => this.#working === authToken && this.#isCurrent(authToken);

  #isCurrent = (token: string): boolean =>
    this.#isWanted && !this.#isClosed && !this.#socket && this.#session?.authToken === token;

  #change(status: ConnectionStatus): void {
    this.#status = status;
    this.#settings.changed(status);
    this.#wake();
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }

  // Waits no longer than a request may take.
  #until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const look = (): void => {
        if (holds()) finish();
      };
      const timer = setTimeout(finish, this.#company.timeout);
      this.#waiting.add(look);
      look();
    });
  }
}

const noWebSocket = 'There is no WebSocket here, so nobody is told who is online; setWebSocket gives one.';
