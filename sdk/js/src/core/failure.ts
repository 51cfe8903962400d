import { messages, verdicts } from '../codes_gen.js';

/** Reasons by field, as a server gives them when it refuses a body. */
export type Details = Record<string, string[]>;

/**
 * What goes wrong inside the SDK, before a façade gives it the form of its documents. No text of it
 * holds a credential.
 */
export class Failure extends Error {
  /** One of spec/errors.json, or the server's as it came. */
  readonly code: string;
  readonly details: Details | undefined;
  /** Whether what was wrong was empty or missing: the Chat SDK has a code of its own for that. */
  empty = false;

  /** Without a message the code's own text is taken. */
  constructor(code: string, message?: string, details?: Details) {
    super(message ?? messages[code] ?? code);
    this.name = 'Failure';
    this.code = code;
    this.details = details;
  }
}

/** The failure of an argument that is empty or missing. */
export function missing(code: string, message?: string): Failure {
  return Object.assign(new Failure(code, message), { empty: true });
}

/** Whether the server says that a token is no longer good: nothing else ends a session. */
export function isVerdict(error: unknown): boolean {
  return error instanceof Failure && verdicts.includes(error.code);
}
