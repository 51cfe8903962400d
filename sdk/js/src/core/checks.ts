import { callsCodes, serverCodes } from '../codes_gen.js';
import { Failure, missing } from './failure.js';

const longestUID = 100;
const longestCredential = 1024;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isVisibleASCII = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);

/** Whether a text can be a key or a token and travel in a header. */
export const isCredential = (value: unknown): value is string =>
  isText(value) && value.length <= longestCredential && isVisibleASCII(value);

/** Whether an app id can travel in a header. */
export const isAppId = (value: unknown): value is string => isText(value) && isVisibleASCII(value);

/** Throws what is wrong with a uid, if anything is. */
export function checkUID(uid: unknown): asserts uid is string {
  if (!isText(uid)) throw missing(callsCodes.InvalidUID);
  if (/\p{White_Space}/u.test(uid)) throw new Failure(callsCodes.UIDWithSpace);
  if (uid.length > longestUID || !/^[A-Za-z0-9_-]+$/.test(uid)) throw new Failure(callsCodes.InvalidUID);
}

/** Throws what is wrong with an API key, if anything is. */
export function checkAPIKey(key: unknown): asserts key is string {
  if (!isText(key)) throw missing(callsCodes.APIKeyNotFound);
  if (!isCredential(key)) throw new Failure(callsCodes.APIKeyNotFound);
}

/** Throws what is wrong with an auth token, if anything is. */
export function checkAuthToken(token: unknown): asserts token is string {
  if (!isText(token)) throw missing(callsCodes.BlankAuthToken);
  if (/[\p{White_Space}\p{Cc}]/u.test(token)) throw new Failure(callsCodes.AuthTokenWithSpace);
  if (!isCredential(token)) throw new Failure(serverCodes.UnknownAuthToken);
}
