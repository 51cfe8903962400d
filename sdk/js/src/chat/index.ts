export type { LogoutReason } from '../core/client.js';
export type { StorageAdapter, StorageWatch } from '../core/storage.js';
export type { WebStorageKind } from '../core/storage_web.js';
export type { Warn } from '../core/warning.js';
export { CometChat } from './cometchat.js';
export { CometChatException, type ErrorModel } from './exception.js';
export { type LoginCallbacks, LoginListener } from './listener.js';
export { type AppSettings, AppSettingsBuilder, StorageMode, type SubscriptionType } from './settings.js';
export { User, type UserFields } from './user.js';
