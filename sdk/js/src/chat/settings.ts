import type { WebSocketMaker } from '../core/socket.js';
import type { StorageAdapter } from '../core/storage.js';
import type { WebStorageKind } from '../core/storage_web.js';

/** Where the session is kept in a browser: with `LOCAL` until a logout, with `SESSION` as long as the tab. */
export const StorageMode: { readonly LOCAL: 'local'; readonly SESSION: 'session' } = {
  LOCAL: 'local',
  SESSION: 'session',
};

/** Whose presence an app wants to hear of; without one nobody's. */
export type SubscriptionType = 'ALL_USERS' | 'ROLES' | 'FRIENDS';

/** What `AppSettingsBuilder.build` makes and `CometChat.init` takes. */
export interface AppSettings {
  readonly subscriptionType?: SubscriptionType;
  readonly roles?: readonly string[];
  readonly region?: string;
  readonly autoJoinGroup: boolean;
  readonly establishSocketConnection: boolean;
  readonly adminHost?: string;
  readonly clientHost?: string;
  readonly storageMode: WebStorageKind;
  readonly host?: string;
  readonly timeout?: number;
  readonly webSocket?: WebSocketMaker;
  readonly storage?: StorageAdapter;
  readonly onWarning?: (message: string, cause: unknown) => void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Collects the settings of an app in the words of the Chat SDK; `setHost` and what follows it are Usher's own. */
export class AppSettingsBuilder {
  readonly #settings: Mutable<AppSettings> = {
    autoJoinGroup: true,
    establishSocketConnection: true,
    storageMode: 'local',
  };

  /** Has user listeners hear of everybody who comes and goes. */
  subscribePresenceForAllUsers(): this {
    return this.#set('subscriptionType', 'ALL_USERS');
  }
  /** Has user listeners hear of the users of these roles. */
  subscribePresenceForRoles(roles: string[]): this {
    return this.#set('subscriptionType', 'ROLES').#set('roles', roles);
  }
  /** Has user listeners hear of the user's friends. */
  subscribePresenceForFriends(): this {
    return this.#set('subscriptionType', 'FRIENDS');
  }
  /** The region of the app, such as `eu`; needed unless the hosts are named. */
  setRegion(region?: string): this {
    return this.#set('region', region);
  }
  /** Accepted and kept: there are no groups here. */
  enableAutoJoinForGroups(isAutoJoinEnabled = true): this {
    return this.#set('autoJoinGroup', isAutoJoinEnabled);
  }
  /** With `false` only `CometChat.connect` opens the realtime connection; else each session begins with one. */
  autoEstablishSocketConnection(establishSocketConnection = true): this {
    return this.#set('establishSocketConnection', establishSocketConnection);
  }
  /** host[:port][/path] for calls with an Auth Key, pasted behind `https://` as it is. */
  overrideAdminHost(adminHost: string): this {
    return this.#set('adminHost', adminHost);
  }
  /** host[:port][/path] for calls with an auth token, pasted behind `https://` as it is. */
  overrideClientHost(clientHost: string): this {
    return this.#set('clientHost', clientHost);
  }
  /** One of `CometChat.StorageMode`. */
  setStorageMode(storageMode: WebStorageKind): this {
    return this.#set('storageMode', storageMode);
  }
  /** The URL of an Usher server, such as `http://127.0.0.1:8080`: for all calls, in place of region and overrides. */
  setHost(host: string): this {
    return this.#set('host', host);
  }
  /** Keeps the session elsewhere than in the browser, for example in React Native's AsyncStorage. */
  setStorage(storage: StorageAdapter): this {
    return this.#set('storage', storage);
  }
  /** Limits each request, answer included; in milliseconds, 15000 unless given. */
  setTimeout(milliseconds: number): this {
    return this.#set('timeout', milliseconds);
  }
  /** Opens realtime connections where the platform has no WebSocket of its own, such as Node before 22. */
  setWebSocket(webSocket: WebSocketMaker): this {
    return this.#set('webSocket', webSocket);
  }
  /** Hears what no error tells: a stored session that cannot be read, a listener that threw. */
  setWarningHook(onWarning: (message: string, cause: unknown) => void): this {
    return this.#set('onWarning', onWarning);
  }
  build(): AppSettings {
    return { ...this.#settings };
  }

  #set<K extends keyof AppSettings>(key: K, value: AppSettings[K] | undefined): this {
    if (value !== undefined) this.#settings[key] = value;
    return this;
  }
}
