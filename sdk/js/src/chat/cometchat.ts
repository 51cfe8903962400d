import type { Client } from '../core/client.js';
import type { Connection, ConnectionStatus } from '../core/connection.js';
import type { SessionEvent } from '../core/events.js';
import type { Session } from '../core/session.js';
import { Surface } from '../core/surface.js';
import { CometChatException as ChatException, toChatException } from './exception.js';
import { LoginListener as ChatLoginListener, type LoginCallbacks } from './listener.js';
import {
  ConnectionListener as ChatConnectionListener,
  UserListener as ChatUserListener,
  CONNECTION_STATUS,
  connected,
  connectionListeners,
  USER_STATUS,
  userListeners,
} from './realtime.js';
import {
  type AppSettings as ChatAppSettings,
  AppSettingsBuilder as ChatAppSettingsBuilder,
  StorageMode as ChatStorageMode,
} from './settings.js';
import { User as ChatUser } from './user.js';
import { createUser, issueJWT, sessionUser, updateUser } from './users.js';

const surface = new Surface<LoginCallbacks>((event) => (listener) => hear(listener, event));

function hear(listener: LoginCallbacks, event: SessionEvent): unknown {
  switch (event.type) {
    case 'loginSuccess':
      return listener.loginSuccess?.(sessionUser(event.session));
    case 'loginFailure':
      return listener.loginFailure?.(toChatException(event.failure));
    case 'logoutSuccess':
      return listener.logoutSuccess?.(event.reason);
    case 'logoutFailure':
      return listener.logoutFailure?.(toChatException(event.failure));
  }
}

// Every client of this surface has one.
const connectionOf = (client: Client): Connection => client.companion as Connection;

async function asked<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toChatException(error);
  }
}

const user = async (session: Promise<Session>): Promise<ChatUser> => sessionUser(await session);

/**
 * Logs one user of a chat app in and out, and remembers who is in. Methods that send requests settle
 * within the time limit of each, and reject with a `CometChatException`.
 */
export class CometChat {
  static readonly AppSettingsBuilder: typeof ChatAppSettingsBuilder = ChatAppSettingsBuilder;
  static readonly CometChatException: typeof ChatException = ChatException;
  static readonly CONNECTION_STATUS: typeof CONNECTION_STATUS = CONNECTION_STATUS;
  static readonly ConnectionListener: typeof ChatConnectionListener = ChatConnectionListener;
  static readonly LoginListener: typeof ChatLoginListener = ChatLoginListener;
  static readonly StorageMode: typeof ChatStorageMode = ChatStorageMode;
  static readonly USER_STATUS: typeof USER_STATUS = USER_STATUS;
  static readonly User: typeof ChatUser = ChatUser;
  static readonly UserListener: typeof ChatUserListener = ChatUserListener;

  /**
   * Says which app on which server, and takes up the stored session. It sends no request but for
   * logouts that are still to be told. Codes: `MISSING_PARAMETERS`, `ERROR_INVALID_SETTINGS`,
   * `ERROR_STORAGE`.
   */
  static async init(appId: string, appSettings: ChatAppSettings): Promise<boolean> {
    return asked(async () => {
      await surface.init({ ...appSettings, appId }, appSettings ?? {}, connected(appSettings ?? {}));
      return true;
    });
  }

  static isInitialized(): boolean {
    return surface.isInitialized;
  }

  /** The logged-in user, or null. It sends no request: the server may have ended the session meanwhile. */
  static async getLoggedinUser(): Promise<ChatUser | null> {
    const { session } = surface;
    return session ? sessionUser(session) : null;
  }

  /** The same as `getLoggedinUser`. */
  static getLoggedInUser(): Promise<ChatUser | null> {
    return CometChat.getLoggedinUser();
  }

  /**
   * Logs in the user whom a token of the app's back end belongs to. Codes: `MISSING_PARAMETERS`,
   * `AUTH_ERR_AUTH_TOKEN_NOT_FOUND`, and those of the other form.
   */
  static login(authToken: string): Promise<ChatUser>;
  /**
   * Logs a user in with an Auth Key: for development only, since a key in a page is a key in
   * everybody's hands. It is safe to call at every start: the user who is in already is given without
   * a request, another one is replaced once the new login has succeeded.
   *
   * Codes, in the order of the checks: `COMETCHAT_INITIALIZATION_NOT_DONE`, `LOGIN_IN_PROGRESS`,
   * `MISSING_PARAMETERS`, `INVALID_UID`, `AUTH_ERR_APIKEY_NOT_FOUND`, the server's, `FAILED_TO_FETCH`,
   * `ERROR_STORAGE`; `ERROR_LOGIN_DISCARDED` when `logout` came meanwhile.
   */
  static login(uid: string, authKey: string): Promise<ChatUser>;
  static login(...credentials: [string] | [string, string]): Promise<ChatUser> {
    const [first, key] = credentials;
    return asked(() =>
      user(credentials.length > 1 ? surface.client.login(first, key) : surface.client.loginWithAuthToken(first)),
    );
  }

  /**
   * Ends the session, here at once and on the server. Without a network it succeeds too, and the
   * server is told later. Codes: `COMETCHAT_INITIALIZATION_NOT_DONE`, `USER_NOT_LOGGED_IN`,
   * `ERROR_STORAGE`.
   */
  static logout(): Promise<object> {
    return asked(async () => ({ success: true, message: await surface.client.logout() }));
  }

  /**
   * Asks the server whether the session is still good; gives the user as they are now. Only
   * `AUTH_ERR_AUTH_TOKEN_NOT_FOUND` ends the session. Other codes: `COMETCHAT_INITIALIZATION_NOT_DONE`,
   * `USER_NOT_LOGGED_IN`, the server's, `FAILED_TO_FETCH`.
   */
  static checkSession(): Promise<ChatUser> {
    return asked(() => user(surface.client.checkSession()));
  }

  /** The session's auth token, or an empty text. Whoever has it can act as the user. */
  static getUserAuthToken(): string {
    return surface.session?.authToken ?? '';
  }

  /**
   * Asks the server for a new JWT of the logged-in user, for a service that trusts the server's
   * published keys. `passthrough`, any JSON, goes into it as it is. Codes as for `checkSession`, and
   * `ERR_BAD_REQUEST` for a passthrough that is too large.
   */
  static getJWT(passthrough?: unknown): Promise<{ token: string }> {
    return asked(() => issueJWT(surface.client, passthrough));
  }

  /**
   * The JWT that came with the login, or an empty text. It sends no request. It may have expired, which
   * only a verifier says: `readJWT` shows what it holds.
   */
  static getUserJWT(): string {
    return surface.session?.jwt ?? '';
  }

  /**
   * Creates a user with an Auth Key: for development only. The session stays as it is. Codes:
   * `COMETCHAT_INITIALIZATION_NOT_DONE`, `MISSING_PARAMETERS`, `INVALID_UID`, `FAILED_TO_FETCH`, and
   * the server's, such as `ERR_UID_ALREADY_EXISTS`.
   */
  static createUser(newUser: ChatUser, authKey: string): Promise<ChatUser> {
    return asked(() => createUser(surface.client.transport, newUser, authKey));
  }

  /** Changes what was set of a user, with an Auth Key: for development only. Codes as for `createUser`. */
  static updateUser(changed: ChatUser, authKey: string): Promise<ChatUser> {
    return asked(() => updateUser(surface.client.transport, changed, authKey));
  }

  /** As before `init`; what is stored stays, and the next `init` takes it up. */
  static close(): void {
    surface.close();
  }

  /** A listener with the same id is replaced. */
  static addLoginListener(listenerId: string, listener: ChatLoginListener): void {
    surface.addListener(listenerId, listener);
  }

  static removeLoginListener(listenerId: string): void {
    surface.removeListener(listenerId);
  }

  /**
   * One of `CometChat.CONNECTION_STATUS`. `connected` is that the server knows whose connection it is,
   * and others see the user online.
   */
  static getConnectionStatus(): ConnectionStatus {
    return surface.isInitialized ? connectionOf(surface.client).status : 'disconnected';
  }

  /**
   * Opens the realtime connection of the session, where it does not open by itself or was closed by
   * `disconnect`, and keeps it until the session ends: one that is lost is opened anew, after pauses
   * that grow. The promise is for whoever wants to wait; the work goes on when it rejects.
   *
   * Codes: `COMETCHAT_INITIALIZATION_NOT_DONE`, `USER_NOT_LOGGED_IN`, `FAILED_TO_FETCH` when there is
   * no connection within the time limit, `ERROR_INVALID_SETTINGS` where there is no WebSocket.
   */
  static connect(): Promise<void> {
    const connecting = asked(() => connectionOf(surface.client).connect());
    // The documents' samples do not wait for it.
    connecting.catch(() => {});
    return connecting;
  }

  /** Closes the realtime connection: the user is offline, and stays logged in. The next session begins as the settings say. */
  static disconnect(): void {
    if (surface.isInitialized) connectionOf(surface.client).disconnect();
  }

  /** Hears how the realtime connection is. A listener with the same id is replaced. */
  static addConnectionListener(listenerId: string, listener: ChatConnectionListener): void {
    connectionListeners.add(listenerId, listener);
  }

  static removeConnectionListener(listenerId: string): void {
    connectionListeners.remove(listenerId);
  }

  /** Hears of other users who come and go, as far as the settings subscribe to them. A listener with the same id is replaced. */
  static addUserListener(listenerId: string, listener: ChatUserListener): void {
    userListeners.add(listenerId, listener);
  }

  static removeUserListener(listenerId: string): void {
    userListeners.remove(listenerId);
  }
}

/** The types under the names that samples use. */
export namespace CometChat {
  export type AppSettings = ChatAppSettings;
  export type AppSettingsBuilder = ChatAppSettingsBuilder;
  export type ConnectionListener = ChatConnectionListener;
  export type CometChatException = ChatException;
  export type LoginListener = ChatLoginListener;
  export type User = ChatUser;
  export type UserListener = ChatUserListener;
}
