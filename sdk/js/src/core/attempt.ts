import { callsCodes } from '../codes_gen.js';
import { checkAPIKey, checkAuthToken, checkUID } from './checks.js';
import { Failure } from './failure.js';
import { type Session, sameUID } from './session.js';

/** What the two ways to log in differ by: a uid and a key, or a token. */
export interface Wanted {
  /** Empty where only the token says whose it is. */
  readonly uid: string;
  readonly key?: string;
  readonly token?: string;
  /** Whether a session already is what is wanted. */
  isIn(session: Session): boolean;
}

/** Throws what is wrong with the arguments. */
export function byKey(uid: unknown, key: unknown): Wanted {
  checkUID(uid);
  checkAPIKey(key);
  return { uid, key, isIn: ({ user }) => sameUID(user.uid, uid) };
}

/** Throws what is wrong with the argument. */
export function byToken(token: unknown): Wanted {
  checkAuthToken(token);
  return { uid: '', token, isIn: ({ authToken }) => authToken === token };
}

/** A login that is running. */
export class Attempt {
  readonly wanted: Wanted;
  /** Rejects when the login is discarded. */
  readonly discarding: Promise<never>;
  /** The token that must be ended should the login fail, or empty. */
  given = '';
  /** The token whose session is being stored, or empty. */
  kept = '';
  discarded = false;
  discard: () => void = () => {};

  constructor(wanted: Wanted) {
    this.wanted = wanted;
    this.discarding = new Promise((_, reject) => {
      this.discard = () => {
        this.discarded = true;
        reject(new Failure(callsCodes.LoginDiscarded));
      };
    });
  }

  stopIfDiscarded(): void {
    if (this.discarded) throw new Failure(callsCodes.LoginDiscarded);
  }
}
