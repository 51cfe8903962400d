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
  /** What a realtime connection is opened with. */
  readonly jwt?: string;
  /** What the server says of its hosts; only realtime connections heed it. */
  readonly settings?: Record<string, unknown>;
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
  const me = data as Record<string, unknown>;
  const authToken = me.authToken ?? sent;
  if (!isCredential(authToken)) throw unusable();
  return { user, authToken, ...extrasOf(me) };
}

function extrasOf({ jwt, settings }: Record<string, unknown>): Pick<Session, 'jwt' | 'settings'> {
  return { ...(typeof jwt === 'string' && { jwt }), ...(isObject(settings) && { settings }) };
}

/** Two uids are one user's when they differ only in letter case. */
export const sameUID = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The stored form of a session. */
export const encodeSession = (session: Session): string => JSON.stringify({ format, ...session });

/** Undefined for whatever is no session in the form of this version. */
export function decodeSession(text: string): Session | undefined {
  const stored = parseJSON(text);
  if (!isObject(stored) || stored.format !== format || !isCredential(stored.authToken)) return undefined;
  const { user, authToken } = stored;
  if (!isObject(user) || typeof user.uid !== 'string' || user.uid === '') return undefined;
  return { user: user as UserRecord, authToken, ...extrasOf(stored) };
}
