import { callsCodes, chatCodes, messages, serverCodes } from '../codes_gen.js';
import { Failure } from '../core/failure.js';

/** What a `CometChatException` is made of. */
export interface ErrorModel {
  code?: string;
  name?: string;
  message?: string;
  details?: unknown;
}

/** What the methods of `CometChat` reject with. No text of it holds a credential. */
export class CometChatException extends Error {
  /** A stable code: one of the SDK's, or the server's as it came. Decide by it. */
  readonly code: string;
  /** Reasons by field, where the server refused a value. */
  readonly details: unknown;

  constructor({ code = '', name = 'CometChatException', message = '', details }: ErrorModel) {
    super(message);
    this.name = name;
    this.code = code;
    this.details = details;
  }
}

/** The Chat SDK's own words for what both SDKs find. */
const words: Readonly<Record<string, string>> = {
  [callsCodes.NotInitialized]: chatCodes.ChatNotInitialized,
  [callsCodes.InvalidUID]: chatCodes.ChatInvalidUID,
  [callsCodes.UIDWithSpace]: chatCodes.ChatInvalidUID,
  [callsCodes.APIKeyNotFound]: serverCodes.UnknownAPIKey,
  [callsCodes.AuthTokenWithSpace]: serverCodes.UnknownAuthToken,
  [callsCodes.LoginInProgress]: chatCodes.ChatLoginInProgress,
  [callsCodes.NoUserLoggedIn]: chatCodes.ChatNoUserLoggedIn,
  [callsCodes.NotReached]: chatCodes.ChatFailedToFetch,
  [callsCodes.UnusableAnswer]: chatCodes.ChatFailedToFetch,
};

/** The code of the Chat SDK for one of the Calls SDK; `empty` says that what was wrong was missing. */
export function toChatCode(code: string, empty: boolean): string {
  return empty ? chatCodes.ChatMissingParameters : (words[code] ?? code);
}

/** Gives a failure the form of the Chat SDK. */
export function toChatException(error: unknown): CometChatException {
  if (!(error instanceof Failure)) throw error;
  const code = toChatCode(error.code, error.empty);
  const message = code === error.code ? error.message : (messages[code] ?? error.message);
  return new CometChatException({ code, message, details: error.details });
}
