import { callsCodes } from '../codes_gen.js';
import { type Details, Failure } from './failure.js';

/** The server was not reached, or not in time. */
export const unreached = (): Failure => new Failure(callsCodes.NotReached);

/** The answer is not the documented JSON. It is never quoted: it may hold a token. */
export const unusable = (): Failure => new Failure(callsCodes.UnusableAnswer);

/** Opens the envelope, `{"data": …}` or `{"error": …}`, and gives the data. */
export function readAnswer(status: number, text: string): unknown {
  const envelope = parseJSON(text);
  if (!isObject(envelope)) throw unusable();
  const { data, error } = envelope;
  if (error !== undefined && error !== null) throw refusal(error);
  if (data === undefined || data === null || status < 200 || status > 299) throw unusable();
  return data;
}

function refusal(error: unknown): Failure {
  if (!isObject(error) || typeof error.code !== 'string' || error.code === '') return unusable();
  return new Failure(error.code, typeof error.message === 'string' ? error.message : '', detailsOf(error.details));
}

// Details of another shape are left out: the code is worth more than they are.
function detailsOf(details: unknown): Details | undefined {
  const fits = (reasons: unknown): boolean =>
    Array.isArray(reasons) && reasons.every((reason) => typeof reason === 'string');
  return isObject(details) && Object.values(details).every(fits) ? (details as Details) : undefined;
}

/** Undefined for what is no JSON. */
export function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Tells a JSON object from everything else. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
