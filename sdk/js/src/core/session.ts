import { isObject, parseJSON, unusable } from './answer.js';
import { isCredential } from './checks.js';

/** The version of the stored form; a reader that meets another one finds nobody logged in. */
const format = 1;

/** A user as the server describes them. Fields that this version does not know are kept. */
export interface UserRecord {
  readonly uid: string;
  readonly [field: string]: unknown;
}

/** Who is logged in, and by which credential. It is never changed, only replaced. */
export interface Session {
  readonly user: UserRecord;
  readonly authToken: string;
  readonly jwt?: string;
}

/** What of a me answer belongs to the sign-in and not to the user. */
const notOfUser = ['authToken', 'jwt', 'settings', 'wsChannel', 'fat'];

/** Fields that are texts wherever they are given. */
const texts = ['name', 'avatar', 'link', 'role', 'status', 'statusMessage'];

/** Takes a user out of an answer, with its status in the word of the SDKs. */
export function decodeUser(data: unknown): UserRecord {
  if (!isObject(data) || typeof data.uid !== 'string' || data.uid === '') throw unusable();
  const fields = Object.entries(data).filter(([field, value]) => value !== null && !notOfUser.includes(field));
  if (fields.some(([field, value]) => texts.includes(field) && typeof value !== 'string')) throw unusable();
  const user: Record<string, unknown> & { uid: string } = { uid: data.uid, ...Object.fromEntries(fields) };
  if (user.status === 'available') user.status = 'online';
  return user;
}

/** Makes a session of a me answer to a request with the token. */
export function decodeMe(data: unknown, sent: string): Session {
  const user = decodeUser(data);
  const me = data as { authToken?: unknown; jwt?: unknown };
  const [authToken, jwt] = [me.authToken ?? sent, me.jwt];
  if (!isCredential(authToken)) throw unusable();
  return typeof jwt === 'string' ? { user, authToken, jwt } : { user, authToken };
}

/** Two uids are one user's when they differ only in letter case. */
export const sameUID = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The stored form of a session. */
export const encodeSession = (session: Session): string => JSON.stringify({ format, ...session });

/** Undefined for whatever is no session in the form of this version. */
export function decodeSession(text: string): Session | undefined {
  const stored = parseJSON(text);
  if (!isObject(stored) || stored.format !== format || !isCredential(stored.authToken)) return undefined;
  const { user, authToken, jwt } = stored;
  if (!isObject(user) || typeof user.uid !== 'string' || user.uid === '') return undefined;
  const session = { user: user as UserRecord, authToken };
  return typeof jwt === 'string' ? { ...session, jwt } : session;
}
