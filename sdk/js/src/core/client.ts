import { callsCodes } from '../codes_gen.js';
import { unusable } from './answer.js';
import { Attempt, byKey, byToken, type Wanted } from './attempt.js';
import type { Companion, Company } from './companion.js';
import { type Device, findDevice, newResource } from './device.js';
import type { SessionEvent } from './events.js';
import { Failure, isVerdict } from './failure.js';
import { findBases, type Place } from './hosts.js';
import { Revocations } from './revocations.js';
import { decodeMe, decodeSession, encodeSession, type Session, sameUID } from './session.js';
import { issueToken, signIn } from './signin.js';
import { Space } from './space.js';
import type { StorageAdapter, StorageWatch } from './storage.js';
import { defaultTimeout, type Fetch, type Request, Transport } from './transport.js';
import type { Warn } from './warning.js';

/** What a client is made of. */
export interface ClientSettings extends Place {
  readonly storage: StorageAdapter;
  readonly timeout?: number | undefined;
  readonly fetch?: Fetch | undefined;
  readonly warn: Warn;
  readonly tell: (event: SessionEvent) => void;
  readonly accompany?: ((company: Company) => Companion) | undefined;
}

/** The message of a logout when the server has none. */
const loggedOut = 'Logged out.';

/** One app at one base URL, and who is logged in to it: spec/session.md says how it behaves. */
export class Client {
  readonly #settings: ClientSettings;
  readonly #space: Space;
  readonly #transport: Transport;
  readonly #revocations: Revocations;
  readonly #device: Device;
  #watch: StorageWatch | undefined;
  #companion: Companion | undefined;
  #session: Session | undefined;
  #attempt: Attempt | undefined;
  #closed = false;

  private constructor(settings: ClientSettings, space: Space, transport: Transport, device: Device) {
    this.#settings = settings;
    this.#space = space;
    this.#transport = transport;
    this.#device = device;
    this.#revocations = new Revocations(space, transport, settings.warn);
  }

  /** Makes a client and takes up the stored session, if any. It waits for no request. */
  static async open(settings: ClientSettings): Promise<Client> {
    const { appId, storage, timeout = defaultTimeout, fetch, warn } = settings;
    const bases = findBases(settings);
    if (!(timeout > 0)) throw new Failure(callsCodes.InvalidSettings, 'The time limit is not above zero.');
    const space = new Space(storage, appId, bases.token, warn);
    const resource = newResource();
    const transport = new Transport({ appId, bases, resource, timeout, fetch });
    const device = await findDevice(space, appId);
    const client = new Client(settings, space, transport, device);
    client.#companion = settings.accompany?.({
      appId,
      base: bases.token,
      resource,
      device,
      timeout,
      warn,
      checkSession: () => client.checkSession(),
    });
    try {
      await client.#restore();
    } catch (error) {
      client.close();
      throw error;
    }
    return client;
  }

  /** Who is logged in. */
  get session(): Session | undefined {
    return this.#session;
  }

  /** What `accompany` made. */
  get companion(): Companion | undefined {
    return this.#companion;
  }

  /** For calls that have nothing to do with the session. */
  get transport(): Transport {
    return this.#transport;
  }

  async login(uid: unknown, key: unknown): Promise<Session> {
    return this.#login(() => byKey(uid, key));
  }

  async loginWithAuthToken(token: unknown): Promise<Session> {
    return this.#login(() => byToken(token));
  }

  /** Gives the server's message. */
  async logout(): Promise<string> {
    const ended = this.#session;
    this.#discardLogin();
    if (!ended) throw this.#logoutFailed(new Failure(callsCodes.NoUserLoggedIn));
    this.#become(undefined);
    const listed = this.#revocations.add(ended.authToken);
    const removed = await this.#removeStored(ended).catch((error: Failure) => error);
    await listed;
    this.#tell({ type: 'logoutSuccess', reason: 'userInitiated' });
    const message = await this.#revocations.ask(ended.authToken);
    if (removed instanceof Failure) throw this.#logoutFailed(removed);
    return message ?? loggedOut;
  }

  /** Asks the server whether the session is still good, and for its user as they are now. */
  async checkSession(): Promise<Session> {
    const { answer, current } = await this.#onBehalf((session) => this.#askForMe(session));
    return current.authToken === answer.authToken ? this.#refresh(answer) : current;
  }

  /** Sends a call with the session's token and gives the answer's data. A verdict ends the session. */
  async call(request: Pick<Request, 'method' | 'path' | 'body'>): Promise<unknown> {
    const send = ({ authToken }: Session) => this.#transport.send({ ...request, token: authToken });
    return (await this.#onBehalf(send)).answer;
  }

  /** Lets go of everything but what is stored. */
  close(): void {
    this.#closed = true;
    this.#discardLogin();
    this.#session = undefined;
    this.#companion?.close();
    this.#watch?.stop();
  }

  async #restore(): Promise<void> {
    // From before the first look on, or a change between the two would never be heard of.
    let restored = false;
    let missed = false;
    this.#watch = this.#space.watch('session', () => {
      if (restored) void this.#follow();
      else missed = true;
    });
    const stored = this.#decode(await this.#space.read('session'));
    const toRevoke = await this.#revocations.list();
    if (stored && toRevoke.includes(stored.authToken)) {
      // A logout was cut off before it came to this; the space warns of a storage that fails.
      await this.#removeStored(stored).catch(() => {});
    } else {
      this.#become(stored);
    }
    restored = true;
    if (missed) void this.#follow();
    if (toRevoke.length > 0) void this.#revocations.retry();
  }

  async #login(want: () => Wanted): Promise<Session> {
    if (this.#attempt) throw new Failure(callsCodes.LoginInProgress);
    let attempt: Attempt | undefined;
    try {
      const wanted = want();
      const current = this.#session;
      if (current && wanted.isIn(current)) {
        this.#tell({ type: 'loginSuccess', session: current });
        return current;
      }
      attempt = new Attempt(wanted);
      this.#attempt = attempt;
      return await Promise.race([this.#run(attempt), attempt.discarding]);
    } catch (error) {
      if (this.#attempt === attempt) this.#attempt = undefined;
      const failure = error as Failure;
      this.#tell({ type: 'loginFailure', failure });
      throw failure;
    }
  }

  // It goes on after the attempt was discarded, to end what the server gave.
  async #run(attempt: Attempt): Promise<Session> {
    const { uid, key, token } = attempt.wanted;
    if (token !== undefined) this.#revocations.spare(token);
    void this.#revocations.retry();
    let fresh: Session | undefined;
    try {
      if (key !== undefined) attempt.given = await issueToken(this.#transport, this.#device, uid, key);
      attempt.stopIfDiscarded();
      fresh = await signIn(this.#transport, this.#device, token ?? attempt.given);
      if (key !== undefined && !sameUID(fresh.user.uid, uid)) {
        // Whose token it is nobody knows, so it is not ours to end.
        attempt.given = '';
        fresh = undefined;
        throw unusable();
      }
      if (key !== undefined) attempt.given = fresh.authToken;
      await this.#keep(attempt, fresh);
      return fresh;
    } catch (error) {
      // A token of the app's own is ended only when somebody logged out meanwhile.
      const unwanted = attempt.discarded && fresh ? fresh.authToken : attempt.given;
      if (unwanted && !isVerdict(error)) void this.#revokeUnlessStored(unwanted);
      throw error;
    } finally {
      if (token !== undefined) this.#revocations.unspare(token);
    }
  }

  async #keep(attempt: Attempt, fresh: Session): Promise<void> {
    attempt.stopIfDiscarded();
    // Another tab may have logged in, and this one not have heard of it yet.
    const replaced = this.#decode(await this.#space.read('session')) ?? this.#session;
    attempt.stopIfDiscarded();
    attempt.kept = fresh.authToken;
    await this.#space.write('session', encodeSession(fresh));
    await this.#revocations.remove(fresh.authToken);
    if (attempt.discarded) await this.#removeStored(fresh).catch(() => {});
    attempt.stopIfDiscarded();
    this.#attempt = undefined;
    this.#become(fresh);
    this.#watch?.tell();
    this.#tell({ type: 'loginSuccess', session: fresh });
    if (replaced && replaced.authToken !== fresh.authToken) void this.#revocations.revoke(replaced.authToken);
  }

  // Another tab may have logged in with the same token, and its session must not be on the list.
  async #revokeUnlessStored(token: string): Promise<void> {
    const text = await this.#space.read('session').catch(() => null);
    if (this.#decode(text)?.authToken !== token) await this.#revocations.revoke(token);
  }

  #become(session: Session | undefined): void {
    this.#session = session;
    this.#companion?.sessionChanged(session);
  }

  #discardLogin(): void {
    const attempt = this.#attempt;
    if (!attempt) return;
    this.#attempt = undefined;
    attempt.discard();
    // It is revoked once the login has come to its end, or at the next start.
    if (attempt.given) void this.#revocations.add(attempt.given);
  }

  // Gives the answer, and the session that is in by then.
  async #onBehalf<T>(send: (session: Session) => Promise<T>): Promise<{ answer: T; current: Session }> {
    const asked = this.#session;
    if (!asked) throw new Failure(callsCodes.NoUserLoggedIn);
    const answer = await send(asked).catch((error: Failure) => error);
    const current = this.#session;
    if (!current) throw new Failure(this.#closed ? callsCodes.NotInitialized : callsCodes.NoUserLoggedIn);
    if (current.authToken === asked.authToken && isVerdict(answer)) await this.#endRevoked(current);
    if (answer instanceof Error) throw answer;
    return { answer, current };
  }

  async #askForMe(session: Session): Promise<Session> {
    const token = session.authToken;
    const me = decodeMe(await this.#transport.send({ method: 'GET', path: ['me'], token }), token);
    if (!sameUID(me.user.uid, session.user.uid)) throw unusable();
    return { ...me, authToken: token };
  }

  async #endRevoked(session: Session): Promise<void> {
    this.#become(undefined);
    // The space warns of a storage that fails: the verdict is the result of the call.
    await this.#removeStored(session).catch(() => {});
    this.#tell({ type: 'logoutSuccess', reason: 'revoked' });
  }

  async #refresh(session: Session): Promise<Session> {
    this.#become(session);
    const isSame = (text: string | null): boolean => this.#decode(text)?.authToken === session.authToken;
    await this.#space.update('session', (text) => (isSame(text) ? encodeSession(session) : text)).catch(() => {});
    this.#watch?.tell();
    return session;
  }

  // Another tab's session that is stored meanwhile stays.
  async #removeStored(session: Session): Promise<void> {
    await this.#space.update('session', (text) => {
      const stored = text === null ? undefined : decodeSession(text);
      return stored && stored.authToken !== session.authToken ? text : null;
    });
    this.#watch?.tell();
  }

  // Takes over what another tab has stored.
  async #follow(): Promise<void> {
    const before = this.#session;
    const text = await this.#space.read('session').catch((error: Failure) => error);
    if (this.#closed || text instanceof Failure) return;
    // What was read may be older than what was done here meanwhile.
    if (this.#session !== before) return this.#follow();
    const stored = this.#decode(text);
    // A login that is about to succeed tells that itself.
    if (stored && stored.authToken === this.#attempt?.kept) return;
    this.#become(stored);
    if (stored?.authToken === before?.authToken) return;
    this.#tell(stored ? { type: 'loginSuccess', session: stored } : { type: 'logoutSuccess', reason: 'elsewhere' });
  }

  #decode(text: string | null): Session | undefined {
    if (text === null) return undefined;
    const stored = decodeSession(text);
    if (!stored) this.#settings.warn('The stored session cannot be used; nobody is logged in.');
    return stored;
  }

  #logoutFailed(failure: Failure): Failure {
    this.#tell({ type: 'logoutFailure', failure });
    return failure;
  }

  #tell(event: SessionEvent): void {
    if (!this.#closed) this.#settings.tell(event);
  }
}
