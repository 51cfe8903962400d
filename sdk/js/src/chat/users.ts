import { isObject, unusable } from '../core/answer.js';
import { checkAPIKey, checkUID } from '../core/checks.js';
import type { Client } from '../core/client.js';
import { decodeUser, type Session, type UserRecord } from '../core/session.js';
import type { Transport } from '../core/transport.js';
import { User } from './user.js';

const toUser = (record: UserRecord): User => new User({ ...record });

/** The user of a session, who alone carries the auth token; a copy that the app may change. */
export function sessionUser({ user, authToken }: Session): User {
  const copy = toUser(user);
  copy.setAuthToken(authToken);
  return copy;
}

/** Sends a new user. */
export async function createUser(transport: Transport, user: User, key: unknown): Promise<User> {
  const { sent } = prepare(user, key);
  return toUser(decodeUser(await transport.send({ method: 'POST', path: ['users'], ...sent })));
}

/** Sends what was set of a user. */
export async function updateUser(transport: Transport, user: User, key: unknown): Promise<User> {
  const { uid, sent } = prepare(user, key);
  return toUser(decodeUser(await transport.send({ method: 'PUT', path: ['users', uid], ...sent })));
}

function prepare(user: User, key: unknown): { uid: string; sent: { key: string; body: object } } {
  const uid: unknown = user?.getUid?.();
  checkUID(uid);
  checkAPIKey(key);
  // undefined leaves the field out of the JSON.
  return { uid, sent: { key, body: { ...user, authToken: undefined } } };
}

/** Asks for a JWT of the session's user that holds what is passed through. */
export async function issueJWT(client: Client, passthrough: unknown): Promise<{ token: string }> {
  const data = await client.call({ method: 'POST', path: ['me', 'jwt'], body: { passthrough } });
  if (!isObject(data) || typeof data.token !== 'string') throw unusable();
  return { token: data.token };
}
