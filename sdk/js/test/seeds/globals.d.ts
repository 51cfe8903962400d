// The samples find the SDKs as a page with the one-file build has them.
import * as sdk from '../../dist/index.js';

declare global {
  export import CometChat = sdk.CometChat;
  export import CometChatCalls = sdk.CometChatCalls;
}
