import { callsCodes } from '../codes_gen.js';
import { isAppId } from './checks.js';
import { Failure, missing } from './failure.js';

const apiVersion = 'v3.0';

/** Which app on which server. Hosts may lack the scheme, which is https then. */
export interface Place {
  appId: string;
  /** Such as `eu`; needed only for the documented hosts. */
  region?: string | undefined;
  /** The base URL of a server, http or https, for all calls. */
  host?: string | undefined;
  /** In place of `host` for calls with an API key. */
  adminHost?: string | undefined;
  /** In place of `host` for calls with an auth token. */
  clientHost?: string | undefined;
}

/** Base URLs without a trailing slash. */
export interface Bases {
  /** For calls that carry an API key. */
  readonly key: string;
  /** For calls that carry an auth token. */
  readonly token: string;
}

/** Finds where calls go, or throws; the error never repeats a host, which may hold a password. */
export function findBases(place: Place): Bases {
  if (!place.appId) throw missing(callsCodes.InvalidSettings, 'The settings name no app.');
  if (!isAppId(place.appId)) throw refused('The app id is no text for a header.');
  return {
    key: chosen(place, place.adminHost) ?? documented(place, 'api'),
    token: chosen(place, place.clientHost) ?? documented(place, 'apiclient'),
  };
}

function chosen({ host }: Place, override: unknown): string | undefined {
  const named = [override, host].find((text) => text !== undefined && text !== null && text !== '');
  return named === undefined ? undefined : parseBase(named);
}

function documented({ appId, region }: Place, service: string): string {
  if (typeof region !== 'string' || region === '') throw refused('The settings name neither a host nor a region.');
  if (!isLabel(appId) || !isLabel(region)) {
    throw refused('The app id and the region cannot be parts of a host name; name the host.');
  }
  const place = region.toLowerCase() === 'private' ? appId : region.toLowerCase();
  return `https://${appId}.${service}-${place}.cometchat.io/${apiVersion}`;
}

// Not URL: React Native's own lacks half of it.
function parseBase(text: unknown): string {
  const parts = /^(?:(https?):\/\/)?([^/?#@\\:\s[\]]+|\[[\da-f:.]+\])(:\d{1,5})?(\/[^?#\\\s]*)?$/i.exec(String(text));
  if (typeof text !== 'string' || !parts) {
    throw refused(
      'The host is not a URL such as https://auth.example.com/v3, with nothing but a scheme, a name, a port and a path.',
    );
  }
  const [, scheme = 'https', name = '', port = '', path = ''] = parts;
  return `${scheme}://${name}`.toLowerCase() + port + path.replace(/\/+$/, '');
}

const isLabel = (text: string): boolean => /^[A-Za-z0-9-]+$/.test(text);

const refused = (message: string): Failure => new Failure(callsCodes.InvalidSettings, message);
