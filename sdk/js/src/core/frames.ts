import { isObject, parseJSON } from './answer.js';
import type { Company } from './companion.js';
import { decodeUser, type UserRecord } from './session.js';
import { version } from './version.js';

/** Whose presence a client wants to hear of. */
export interface Subscription {
  readonly type?: string | undefined;
  readonly roles?: readonly string[] | undefined;
}

/** Another user came online, or went offline. */
export interface Presence {
  readonly online: boolean;
  readonly user: UserRecord;
}

export const ping: string = JSON.stringify({ action: 'ping', ack: 'true' });

/** The first frame of a connection: it says whose it is, of which the server believes only the JWT. */
export function helloFrame({ appId, resource, device }: Company, of: Subscription, uid: string, jwt: string): string {
  const roles = of.roles && of.roles.length > 0 ? of.roles : undefined;
  const { userAgent, apiVersion } = device.appInfo;
  const params = {
    appInfo: { version, apiVersion },
    userAgent,
    deviceId: device.deviceId,
    platform: 'javascript',
  };
  const body = { auth: jwt, deviceId: resource, presenceSubscription: of.type, roles, params };
  return JSON.stringify({ appId, deviceId: resource, type: 'auth', sender: uid, body });
}

/** What came is no object for whatever is no frame. */
export function readFrame(data: unknown): Record<string, unknown> {
  const frame = typeof data === 'string' ? parseJSON(data) : undefined;
  return isObject(frame) ? frame : {};
}

/** The code of the server's answer to a hello, which is a text; undefined for every other frame. */
export function verdictOf({ type, body }: Record<string, unknown>): string | undefined {
  return type === 'auth' ? String(isObject(body) && body.code) : undefined;
}

/** What a frame says of another user, or undefined. */
export function presenceOf({ type, body }: Record<string, unknown>): Presence | undefined {
  if (type !== 'presence' || !isObject(body)) return undefined;
  const online = body.action === 'online' || body.action === 'available';
  if (!online && body.action !== 'offline') return undefined;
  try {
    const user: Record<string, unknown> & { uid: string } = { ...decodeUser(body.user) };
    user.status = online ? 'online' : 'offline';
    if (typeof body.timestamp === 'number' && body.timestamp > 0) user.lastActiveAt = body.timestamp;
    return { online, user };
  } catch {
    return undefined;
  }
}
