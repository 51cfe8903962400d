import assert from 'node:assert/strict';
import { test } from 'node:test';
import { socketAddress } from '../../dist/core/socket_address.js';

const settings = (changes) => ({ CHAT_HOST: 'chat.example.com', CHAT_WSS_PORT: '443', ...changes });
const api = 'https://api.example.com/v3';
const own = 'wss://api.example.com/v3';

for (const [what, base, given, expected] of [
  ['settings', api, settings(), 'wss://chat.example.com:443'],
  ['a port that carries a path', api, settings({ CHAT_WSS_PORT: '443/v3/' }), 'wss://chat.example.com:443/v3/'],
  ['a port that is a number', api, settings({ CHAT_WSS_PORT: 8443 }), 'wss://chat.example.com:8443'],
  ['a host of the app', api, settings({ CHAT_HOST_APP_SPECIFIC: 'app.example.com' }), 'wss://app.example.com:443'],
  ['an override', api, settings({ CHAT_HOST_OVERRIDE: '[::1]', CHAT_HOST_APP_SPECIFIC: 'a' }), 'wss://[::1]:443'],
  ['no settings', api, undefined, own],
  ['no host', api, settings({ CHAT_HOST: '' }), own],
  ['a port alone', api, { CHAT_WSS_PORT: '443' }, own],
  ['no port', api, settings({ CHAT_WSS_PORT: '' }), own],
  ['a host with a user', api, settings({ CHAT_HOST: 'ann@evil.example.com' }), own],
  ['a query', api, settings({ CHAT_WSS_PORT: '443/?x' }), own],
  ['white space', api, settings({ CHAT_HOST: 'chat example' }), own],
  ['an object', api, settings({ CHAT_HOST: {} }), own],
  ['a server without TLS', 'http://127.0.0.1:8080/v3', settings(), 'ws://127.0.0.1:8080/v3'],
]) {
  test(`the address of the connection: ${what}`, () => assert.equal(socketAddress(base, given), expected));
}
