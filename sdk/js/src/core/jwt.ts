import { isObject, parseJSON } from './answer.js';

/**
 * The payload of a JSON Web Token, to show it and never to decide by it: the signature is not
 * verified. Null for a text that is none.
 */
export function readJWT(jwt: string): Record<string, unknown> | null {
  const parts = jwt.split('.');
  const [, payload = ''] = parts;
  if (parts.length !== 3 || !/^[\w-]+$/.test(payload)) return null;
  try {
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));
    const read = parseJSON(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return isObject(read) ? read : null;
  } catch {
    return null;
  }
}
