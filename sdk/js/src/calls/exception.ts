import { Failure } from '../core/failure.js';

/** What the methods of `CometChatCalls` reject with. No text of it holds a credential. */
export class CometChatCallsException extends Error {
  /** A stable code: one of the SDK's `ERROR_…`, or the server's as it came. Decide by it. */
  readonly errorCode: string;
  /** For people; it may change. */
  readonly errorDescription: string;
  /** Reasons by field, where the server refused a value. */
  readonly details: Record<string, string[]> | undefined;

  constructor(errorCode: string, errorDescription: string, details?: Record<string, string[]>) {
    super(errorDescription);
    this.name = 'CometChatCallsException';
    this.errorCode = errorCode;
    this.errorDescription = errorDescription;
    this.details = details;
  }
}

/** Gives a failure the form of the Calls SDK. */
export function toCallsException(error: unknown): CometChatCallsException {
  if (!(error instanceof Failure)) throw error;
  return new CometChatCallsException(error.code, error.message, error.details);
}
