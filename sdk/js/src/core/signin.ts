import { callsCodes, serverCodes } from '../codes_gen.js';
import { isObject, unusable } from './answer.js';
import { isCredential } from './checks.js';
import type { Device } from './device.js';
import { Failure } from './failure.js';
import { decodeMe, type Session, sameUID } from './session.js';
import type { Transport } from './transport.js';

/** Asks the server for an auth token of the user. */
export async function issueToken(transport: Transport, device: Device, uid: string, key: string): Promise<string> {
  const path = ['users', uid, 'auth_tokens'];
  const data = await transport.send({ method: 'POST', path, key, body: device }).catch((error: Failure) => {
    throw isUnknownKey(error) ? new Failure(callsCodes.APIKeyNotFound) : error;
  });
  if (!isObject(data) || !isCredential(data.authToken)) throw unusable();
  if (typeof data.uid === 'string' && !sameUID(data.uid, uid)) throw unusable();
  return data.authToken;
}

/** Tells the server that this device now acts with the token, and learns whose it is. */
export async function signIn(transport: Transport, device: Device, token: string): Promise<Session> {
  return decodeMe(await transport.send({ method: 'PUT', path: ['me'], token, body: device }), token);
}

const isUnknownKey = ({ code }: Failure): boolean =>
  code === serverCodes.UnknownAPIKey || code === serverCodes.EmptyAPIKey;
