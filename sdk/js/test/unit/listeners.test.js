import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { CometChatCalls } from '../../dist/index.js';
import { codeOf, FakeServer, never, settingsFor, until } from './fake.js';

const ids = ['a', 'b', 'c'];
afterEach(() => {
  for (const id of ids) CometChatCalls.removeLoginListener(id);
});

async function start() {
  const server = new FakeServer();
  await CometChatCalls.init(settingsFor(server));
  return server;
}

// A listener that writes down what it hears, with what it then does.
function listen(id, heard, does = {}) {
  const hears = (event, plain) => (value) => {
    heard.push(`${event} ${plain(value)}`);
    return does[event]?.(value);
  };
  CometChatCalls.addLoginListener(id, {
    onLoginSuccess: hears('in', ({ uid }) => uid),
    onLoginFailure: hears('refused', ({ errorCode }) => errorCode),
    onLogoutSuccess: hears('out', (reason) => reason),
    onLogoutFailure: hears('not out', ({ errorCode }) => errorCode),
  });
}

test('each event comes once, when the state is settled', async () => {
  const heard = [];
  const checked = [];
  listen('a', heard, {
    in: ({ uid }) => checked.push(CometChatCalls.getLoggedInUser().uid === uid),
    out: () => checked.push(CometChatCalls.getLoggedInUser() === null),
  });
  const server = await start();
  await CometChatCalls.login('ann', 'key');
  await CometChatCalls.login('ann', 'key');
  await CometChatCalls.login('bob', 'key');
  await CometChatCalls.login('', 'key').catch(() => {});
  await CometChatCalls.logout();
  await CometChatCalls.logout().catch(() => {});
  await CometChatCalls.login('ann', 'key');
  server.tokens.clear();
  await CometChatCalls.checkSession().catch(() => {});
  const expected =
    'in ann, in ann, in bob, refused ERROR_INVALID_UID, out userInitiated, not out ERROR_NO_USER_LOGGED_IN, in ann, out revoked';
  assert.equal(heard.join(', '), expected);
  assert.ok(checked.every(Boolean));
});

test('a login that is refused because one runs is not told', async () => {
  const heard = [];
  listen('a', heard);
  await start();
  const first = CometChatCalls.login('ann', 'key');
  assert.equal(await codeOf(CometChatCalls.login('bob', 'key')), 'ERROR_LOGIN_IN_PROGRESS');
  await first;
  assert.deepEqual(heard, ['in ann']);
});

test('a listener that throws, rejects or never returns disturbs nobody', async () => {
  const heard = [];
  listen('a', [], {
    in: () => {
      throw new Error('listener');
    },
  });
  listen('b', [], { in: () => Promise.reject(new Error('listener')) });
  listen('c', heard, { in: never });
  await start();
  assert.equal((await CometChatCalls.login('ann', 'key')).uid, 'ann');
  assert.deepEqual(heard, ['in ann']);
  await CometChatCalls.logout();
  assert.deepEqual(heard, ['in ann', 'out userInitiated']);
});

test('a listener may log in, log out and change the listeners', async () => {
  const [first, second, late] = [[], [], []];
  await start();
  listen('a', first, {
    refused: () => CometChatCalls.login('ann', 'key'),
    in: () => {
      CometChatCalls.removeLoginListener('a');
      listen('c', late);
      return CometChatCalls.logout();
    },
  });
  listen('b', second);
  assert.equal(await codeOf(CometChatCalls.login('no one', 'key')), 'ERROR_UID_WITH_SPACE');
  await until(() => second.length === 3);
  assert.deepEqual(first, ['refused ERROR_UID_WITH_SPACE', 'in ann']);
  assert.deepEqual(second, ['refused ERROR_UID_WITH_SPACE', 'in ann', 'out userInitiated']);
  assert.deepEqual(late, ['out userInitiated']);
});

test('the same id replaces, an unknown one is no error, what is no listener is ignored', async () => {
  const [replaced, heard] = [[], []];
  await start();
  listen('a', replaced);
  listen('a', heard);
  CometChatCalls.removeLoginListener('unknown');
  CometChatCalls.addLoginListener('b', null);
  CometChatCalls.addLoginListener('c', {});
  await CometChatCalls.login('ann', 'key');
  assert.deepEqual([replaced, heard], [[], ['in ann']]);
});

test('a login that a logout or close discards', async () => {
  const heard = [];
  const server = await start();
  listen('a', heard);
  await CometChatCalls.login('ann', 'key');
  server.spoil = (line) => (line.startsWith('POST') ? never() : undefined);
  const discarded = codeOf(CometChatCalls.login('bob', 'key'));
  await CometChatCalls.logout();
  assert.equal(await discarded, 'ERROR_LOGIN_DISCARDED');
  assert.deepEqual([...heard].sort(), ['in ann', 'out userInitiated', 'refused ERROR_LOGIN_DISCARDED']);
  const closed = codeOf(CometChatCalls.login('bob', 'key'));
  CometChatCalls.close();
  assert.equal(await closed, 'ERROR_LOGIN_DISCARDED');
  assert.equal(heard.length, 3);
});
