import type { Company } from '../core/companion.js';
import { Connection, type ConnectionStatus } from '../core/connection.js';
import { Listeners } from '../core/listeners.js';
import { safely } from '../core/warning.js';
import type { AppSettings } from './settings.js';
import { User } from './user.js';

/** What a `ConnectionListener` is made of. Callbacks may call every method of the SDK, and throw. */
export interface ConnectionCallbacks {
  /** The user is online. */
  onConnected?: (() => unknown) | undefined;
  /** Somebody begins to work on a connection; not told of every attempt. */
  inConnecting?: (() => unknown) | undefined;
  /** There is no connection any more. One that was lost is followed by `inConnecting` at once. */
  onDisconnected?: (() => unknown) | undefined;
}

/** Hears how the realtime connection is once it was added. */
export class ConnectionListener {
  declare onConnected?: ConnectionCallbacks['onConnected'];
  declare inConnecting?: ConnectionCallbacks['inConnecting'];
  declare onDisconnected?: ConnectionCallbacks['onDisconnected'];

  constructor(callbacks: ConnectionCallbacks) {
    Object.assign(this, callbacks);
  }
}

/** What a `UserListener` is made of. Callbacks may call every method of the SDK, and throw. */
export interface UserCallbacks {
  /** The first connection of another user opened. */
  onUserOnline?: ((user: User) => unknown) | undefined;
  /** The last connection of another user ended; `getLastActiveAt` says when. */
  onUserOffline?: ((user: User) => unknown) | undefined;
}

/** Hears of other users who come and go once it was added, as far as the settings subscribe to them. */
export class UserListener {
  declare onUserOnline?: UserCallbacks['onUserOnline'];
  declare onUserOffline?: UserCallbacks['onUserOffline'];

  constructor(callbacks: UserCallbacks) {
    Object.assign(this, callbacks);
  }
}

/** The words for the status of a user. */
export const USER_STATUS: { readonly ONLINE: 'online'; readonly OFFLINE: 'offline' } = {
  ONLINE: 'online',
  OFFLINE: 'offline',
};

/** The words for the status of the connection; `FEATURE_THROTTLED` is only there because the official SDK has it. */
export const CONNECTION_STATUS: {
  readonly CONNECTED: 'connected';
  readonly CONNECTING: 'connecting';
  readonly DISCONNECTED: 'disconnected';
  readonly FEATURE_THROTTLED: 'featureThrottled';
} = {
  CONNECTED: 'connected',
  CONNECTING: 'connecting',
  DISCONNECTED: 'disconnected',
  FEATURE_THROTTLED: 'featureThrottled',
};

const callbackOf = {
  connected: 'onConnected',
  connecting: 'inConnecting',
  disconnected: 'onDisconnected',
} as const satisfies Record<ConnectionStatus, keyof ConnectionCallbacks>;

/** The connection listeners, which outlive a client. */
export const connectionListeners: Listeners<ConnectionCallbacks> = new Listeners();

/** The user listeners, which outlive a client. */
export const userListeners: Listeners<UserCallbacks> = new Listeners();

/** Says how the connection of a client with these settings is made. */
export function connected(settings: AppSettings): (company: Company) => Connection {
  const warn = safely(settings.onWarning);
  return (company) =>
    new Connection(company, {
      automatic: settings.establishSocketConnection !== false,
      subscription: { type: settings.subscriptionType, roles: settings.roles },
      // The part of a WebSocket that is used is every platform's.
      make: settings.webSocket ?? (globalThis as { WebSocket?: AppSettings['webSocket'] }).WebSocket,
      changed: (status) => connectionListeners.tell((listener) => listener[callbackOf[status]]?.(), warn),
      heard: ({ online, user }) => {
        const callback = online ? 'onUserOnline' : 'onUserOffline';
        userListeners.tell((listener) => listener[callback]?.(new User({ ...user })), warn);
      },
    });
}
