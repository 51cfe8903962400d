/**
 * Logs people in to Usher with the words of CometChat's SDKs: `CometChatCalls` for calling apps,
 * `CometChat` for chat apps. Both stand on the same session: on one page, the user whom one of them
 * logs in is in for the other, too.
 *
 * @packageDocumentation
 */
export * from './calls/index.js';
export * from './chat/index.js';
export { callsCodes, chatCodes, serverCodes } from './codes_gen.js';
export { readJWT } from './core/jwt.js';
export { memoryStorage } from './core/storage.js';
