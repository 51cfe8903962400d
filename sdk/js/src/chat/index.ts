export type { ConnectionStatus } from '../core/connection.js';
export type { LogoutReason } from '../core/events.js';
export type { WebSocketLike, WebSocketMaker } from '../core/socket.js';
export type { StorageAdapter, StorageWatch } from '../core/storage.js';
export type { WebStorageKind } from '../core/storage_web.js';
export type { Warn } from '../core/warning.js';
export { CometChat } from './cometchat.js';
export { CometChatException, type ErrorModel } from './exception.js';
export { type LoginCallbacks, LoginListener } from './listener.js';
export {
  CONNECTION_STATUS,
  type ConnectionCallbacks,
  ConnectionListener,
  USER_STATUS,
  type UserCallbacks,
  UserListener,
} from './realtime.js';
export { type AppSettings, AppSettingsBuilder, StorageMode, type SubscriptionType } from './settings.js';
export { User, type UserFields } from './user.js';
