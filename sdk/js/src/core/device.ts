import type { Space } from './space.js';
import { version } from './version.js';

/** What a login tells the server about the device. */
export interface Device {
  readonly platform: string;
  readonly deviceId: string;
  readonly appInfo: { readonly version: string; readonly apiVersion: string; readonly userAgent: string };
}

const platform =
  typeof document !== 'undefined' ? 'WEB' : globalThis.navigator?.product === 'ReactNative' ? 'REACT_NATIVE' : 'NODE';

/** The same device keeps one id for all its users. Only a storage that cannot be read is an error. */
export async function findDevice(space: Space, appId: string): Promise<Device> {
  let deviceId = await space.read('device');
  if (deviceId === null || !/^[\x21-\x7e]{1,255}$/.test(deviceId)) {
    deviceId = uniqueName(appId, '_').slice(-255);
    // The space has warned; the device is then another one at the next start.
    await space.write('device', deviceId).catch(() => {});
  }
  const userAgent = globalThis.navigator?.userAgent ?? `usher-javascript/${version}`;
  return { platform, deviceId, appInfo: { version: `v${version}`, apiVersion: 'v3.0', userAgent } };
}

/** Names this run of the program, in the form that the official SDKs use. */
export const newResource = (): string => uniqueName(`${platform}-${version.replaceAll('.', '_')}`, '-');

const uniqueName = (prefix: string, separator: string): string => [prefix, randomUUID(), Date.now()].join(separator);

// crypto.randomUUID is missing on pages without TLS, and crypto in older React Native.
function randomUUID(): string {
  const bytes =
    typeof crypto === 'undefined'
      ? Uint8Array.from({ length: 16 }, () => Math.random() * 256)
      : crypto.getRandomValues(new Uint8Array(16));
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const version4 = `${digits.slice(0, 12)}4${digits.slice(13, 16)}8${digits.slice(17)}`;
  return version4.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}
