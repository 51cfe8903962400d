import { readFileSync } from 'node:fs';
import path from 'node:path';

const installed = path.join(import.meta.dirname, 'node_modules');

// client describes an SDK as npm installed it in a folder of node_modules. runsIn says what it is made
// for: a page of a browser, where a UI kit is bundled with the current SDK first, the WebView of a
// Capacitor app, or React Native. sdk is how it calls itself to a server, and lacks says what it can't
// do by its own design, with the reason.
function client(folder, { sdk, runsIn = 'page', lacks = {} } = {}) {
  const { name, version, main } = JSON.parse(readFileSync(path.join(installed, folder, 'package.json')));
  return { folder, sdk, runsIn, lacks, name: `${name} ${version}`, file: path.join(installed, folder, main) };
}

const inPages = {
  background: 'a page keeps its socket while nobody looks at it',
};

const unnamedRoles = 'it asks for the presence of roles without naming them, and is told of everybody';

// current is the SDK that every test drives which is not about one client.
export const current = client('@cometchat/chat-sdk-javascript', { sdk: 'javascript@4.2.0', lacks: inPages });

// chatClients are those that log in.
export const chatClients = [
  current,
  client('chat-javascript-4.1.13', { sdk: 'javascript@4.1.13', lacks: inPages }),
  client('chat-javascript-4.0.13', { sdk: 'javascript@4.0.13', lacks: inPages }),
  client('chat-javascript-4.0.0', { sdk: 'javascript@4.0.0', lacks: { ...inPages, roles: unnamedRoles } }),
  // The two of version 3 call themselves by the version before.
  client('chat-javascript-3.0.13', { sdk: 'javascript@3.0.12', lacks: { ...inPages, roles: unnamedRoles } }),
  client('chat-react-native-4.0.21', { sdk: 'react-native@4.0.21', runsIn: 'react-native', lacks: { roles: unnamedRoles } }),
  client('chat-react-native-3.0.13', {
    sdk: 'react-native@3.0.12',
    runsIn: 'react-native',
    lacks: { roles: unnamedRoles, background: 'it does not ask the system where the app is' },
  }),
  client('chat-ionic-4.0.4', { sdk: 'ionic@4.0.4', runsIn: 'capacitor', lacks: { roles: unnamedRoles } }),
  client('ui-kit-react-7.2.1', { sdk: current.sdk, runsIn: 'bundle', lacks: inPages }),
  client('ui-kit-react-6.5.6', { sdk: current.sdk, runsIn: 'bundle', lacks: inPages }),
  client('ui-kit-react-5.0.7', { sdk: current.sdk, runsIn: 'bundle', lacks: inPages }),
];

// callsClients log nobody in, and open no socket before a call: an app hands them an auth token. They
// do not say who they are.
export const callsClients = [client('calls-javascript-4.2.6'), client('calls-javascript-4.0.12')];
