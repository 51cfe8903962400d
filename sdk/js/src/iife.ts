import { CometChatCalls } from './calls/cometchatcalls.js';
import { CometChat } from './chat/cometchat.js';

// A page that loads the one-file build finds the names where the documents' samples look for them.
Object.assign(globalThis, { CometChat, CometChatCalls });
