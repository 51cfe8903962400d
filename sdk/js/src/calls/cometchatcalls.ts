import type { LogoutReason, SessionEvent } from '../core/events.js';
import type { Session } from '../core/session.js';
import { Surface } from '../core/surface.js';
import { CometChatCallsException, toCallsException } from './exception.js';
import { type CallAppSettings, CallAppSettingsBuilder } from './settings.js';
import { type CallsUser, toCallsUser } from './user.js';

/**
 * Hears of logins and logouts. A listener may call every method of the SDK, and throw; the state is
 * settled when it runs, and it hears the events in their order.
 */
export interface CallsLoginListener {
  /** Somebody is in: after a login here, without a request too, or in another tab. */
  onLoginSuccess?(user: CallsUser): unknown;
  onLoginFailure?(error: CometChatCallsException): unknown;
  /** Nobody is in any more. */
  onLogoutSuccess?(reason: LogoutReason): unknown;
  onLogoutFailure?(error: CometChatCallsException): unknown;
}

/** What `CometChatCalls.init` resolves to. */
export interface InitResult {
  success: boolean;
  error: CometChatCallsException | null;
}

const surface = new Surface<CallsLoginListener>((event) => (listener) => hear(listener, event));

function hear(listener: CallsLoginListener, event: SessionEvent): unknown {
  switch (event.type) {
    case 'loginSuccess':
      return listener.onLoginSuccess?.(toCallsUser(event.session));
    case 'loginFailure':
      return listener.onLoginFailure?.(toCallsException(event.failure));
    case 'logoutSuccess':
      return listener.onLogoutSuccess?.(event.reason);
    case 'logoutFailure':
      return listener.onLogoutFailure?.(toCallsException(event.failure));
  }
}

async function asked<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toCallsException(error);
  }
}

const user = async (session: Promise<Session>): Promise<CallsUser> => toCallsUser(await session);

/**
 * Logs one user of a calling app in and out, and remembers who is in. Methods that send requests
 * settle within the time limit of each, and reject with a `CometChatCallsException`.
 */
export class CometChatCalls {
  static readonly CallAppSettingsBuilder: typeof CallAppSettingsBuilder = CallAppSettingsBuilder;
  static readonly CometChatCallsException: typeof CometChatCallsException = CometChatCallsException;

  /**
   * Says which app on which server, and takes up the stored session. It sends no request but for
   * logouts that are still to be told, and always resolves. Codes: `ERROR_INVALID_SETTINGS`,
   * `ERROR_STORAGE`.
   */
  static async init(settings: CallAppSettings): Promise<InitResult> {
    try {
      await surface.init(settings ?? {}, settings ?? {});
      return { success: true, error: null };
    } catch (error) {
      return { success: false, error: toCallsException(error) };
    }
  }

  /** The logged-in user, or null. It sends no request: the server may have ended the session meanwhile. */
  static getLoggedInUser(): CallsUser | null {
    const { session } = surface;
    return session ? toCallsUser(session) : null;
  }

  /** Whether somebody is logged in. It sends no request. */
  static isUserLoggedIn(): boolean {
    return surface.session !== undefined;
  }

  /** The session's auth token, or an empty text. Whoever has it can act as the user. */
  static getUserAuthToken(): string {
    return surface.session?.authToken ?? '';
  }

  /**
   * Logs a user in with an API key: for development only, since a key in a page is a key in
   * everybody's hands. It is safe to call at every start: the user who is in already is given without
   * a request, another one is replaced once the new login has succeeded.
   *
   * Codes, in the order of the checks: `ERROR_SDK_NOT_INITIALIZED`, `ERROR_LOGIN_IN_PROGRESS`,
   * `ERROR_INVALID_UID`, `ERROR_UID_WITH_SPACE`, `ERROR_API_KEY_NOT_FOUND`, the server's,
   * `ERROR_IO_EXCEPTION`, `ERROR_JSON_EXCEPTION`, `ERROR_STORAGE`; `ERROR_LOGIN_DISCARDED` when
   * `logout` came meanwhile.
   */
  static login(uid: string, apiKey: string): Promise<CallsUser> {
    return asked(() => user(surface.client.login(uid, apiKey)));
  }

  /**
   * Logs in the user whom a token of the app's back end belongs to.
   *
   * Codes as for `login`, with `ERROR_BLANK_AUTHTOKEN` and `ERROR_AUTHTOKEN_WITH_SPACE` in place of
   * those of uid and key; `AUTH_ERR_AUTH_TOKEN_NOT_FOUND` for a token that is no good.
   */
  static loginWithAuthToken(authToken: string): Promise<CallsUser> {
    return asked(() => user(surface.client.loginWithAuthToken(authToken)));
  }

  /**
   * Ends the session, here at once and on the server; gives the server's message. Without a network
   * it succeeds too, and the server is told later. Codes: `ERROR_SDK_NOT_INITIALIZED`,
   * `ERROR_NO_USER_LOGGED_IN`, `ERROR_STORAGE`.
   */
  static logout(): Promise<string> {
    return asked(() => surface.client.logout());
  }

  /**
   * Asks the server whether the session is still good; gives the user as they are now. Only
   * `AUTH_ERR_AUTH_TOKEN_NOT_FOUND` ends the session. Other codes: `ERROR_SDK_NOT_INITIALIZED`,
   * `ERROR_NO_USER_LOGGED_IN`, the server's, `ERROR_IO_EXCEPTION`, `ERROR_JSON_EXCEPTION`.
   */
  static checkSession(): Promise<CallsUser> {
    return asked(() => user(surface.client.checkSession()));
  }

  /** As before `init`; what is stored stays, and the next `init` takes it up. */
  static close(): void {
    surface.close();
  }

  /** A listener with the same id is replaced. */
  static addLoginListener(listenerId: string, listener: CallsLoginListener): void {
    surface.addListener(listenerId, listener);
  }

  static removeLoginListener(listenerId: string): void {
    surface.removeListener(listenerId);
  }
}
