import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CometChatCalls, memoryStorage } from '../../dist/index.js';
import { codeOf, FakeServer, never, raw, settingsFor, unreachable, until } from './fake.js';

async function start(changes, server = new FakeServer()) {
  const { success } = await CometChatCalls.init(settingsFor(server, changes));
  assert.equal(success, true);
  return server;
}

test('nobody is in from the call on', async () => {
  const server = await start();
  await CometChatCalls.login('ann', 'key');
  const leaving = CometChatCalls.logout();
  assert.equal(CometChatCalls.getLoggedInUser(), null);
  assert.equal(await leaving, 'Goodbye.');
  assert.equal(server.tokens.size, 0);
  assert.equal(await codeOf(CometChatCalls.logout()), 'ERROR_NO_USER_LOGGED_IN');
  assert.equal((await CometChatCalls.login('ann', 'key')).authToken, 'ann_2');
});

test('the storage says so in the same turn', async () => {
  const texts = new Map();
  const storage = {
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => texts.set(key, text),
    removeItem: (key) => texts.delete(key),
  };
  const server = await start({ storage });
  await CometChatCalls.login('ann', 'key');
  server.spoil = never;
  const leaving = CometChatCalls.logout();
  // A page may be gone now.
  const kept = new Map(texts);
  assert.ok(![...kept.keys()].some((key) => key.endsWith('/session')));
  assert.ok(
    [...kept.values()].some((text) => text.includes('ann_1')),
    'the token waits to be revoked',
  );
  await leaving;
});

for (const [what, spoil] of [
  ['out of reach', unreachable],
  ['silent', never],
  ['broken', raw(500, '<html>')],
]) {
  test(`it succeeds though the server is ${what}, and is told at the next init`, async () => {
    const storage = memoryStorage();
    const server = await start({ storage });
    await CometChatCalls.login('ann', 'key');
    server.spoil = spoil;
    assert.equal(typeof (await CometChatCalls.logout()), 'string');
    assert.ok(server.tokens.has('ann_1'));
    server.spoil = () => undefined;
    await start({ storage }, server);
    await until(() => !server.tokens.has('ann_1'));
    server.asked.length = 0;
    await start({ storage }, server);
    assert.deepEqual(server.asked, [], 'nothing is left to revoke');
  });
}

test('it is told at the next login too, which does not wait for that', async () => {
  const server = await start();
  await CometChatCalls.login('ann', 'key');
  server.spoil = unreachable;
  await CometChatCalls.logout();
  let release;
  server.spoil = (line) =>
    line.startsWith('DELETE')
      ? new Promise((resolve) => {
          release = resolve;
        })
      : undefined;
  assert.equal((await CometChatCalls.login('bob', 'key')).uid, 'bob');
  await until(() => release);
  release();
  await until(() => !server.tokens.has('ann_1'));
  assert.equal(CometChatCalls.getLoggedInUser().uid, 'bob');
});

test('a token that is logged in with again is not revoked any more', async () => {
  const storage = memoryStorage();
  const server = await start({ storage });
  const token = server.issue('ann');
  await CometChatCalls.loginWithAuthToken(token);
  server.spoil = unreachable;
  await CometChatCalls.logout();
  server.spoil = () => undefined;
  await CometChatCalls.loginWithAuthToken(token);
  server.asked.length = 0;
  await start({ storage }, server);
  assert.equal(CometChatCalls.getUserAuthToken(), token);
  assert.deepEqual(server.asked, []);
});

test('it discards a login that is running, at once, and ends what that is given', async () => {
  const server = await start();
  let answer;
  server.spoil = (line) =>
    line.startsWith('POST')
      ? new Promise((resolve) => {
          answer = resolve;
        })
      : undefined;
  const login = codeOf(CometChatCalls.login('ann', 'key'));
  await until(() => answer);
  assert.equal(await codeOf(CometChatCalls.logout()), 'ERROR_NO_USER_LOGGED_IN');
  assert.equal(await login, 'ERROR_LOGIN_DISCARDED');
  server.spoil = () => undefined;
  await CometChatCalls.login('bob', 'key');
  answer({ data: { uid: 'ann', authToken: server.issue('ann') } });
  await until(() => ![...server.tokens.values()].includes('ann'));
  assert.equal(CometChatCalls.getLoggedInUser().uid, 'bob');
});

test('an answer to a check that comes after it is thrown away', async () => {
  const server = await start();
  await CometChatCalls.login('ann', 'key');
  let answer;
  server.spoil = (line) =>
    line.startsWith('GET')
      ? new Promise((resolve) => {
          answer = resolve;
        })
      : undefined;
  const check = codeOf(CometChatCalls.checkSession());
  await until(() => answer);
  await CometChatCalls.logout();
  answer({ data: { uid: 'ann', name: 'Ann' } });
  assert.equal(await check, 'ERROR_NO_USER_LOGGED_IN');
  assert.equal(CometChatCalls.isUserLoggedIn(), false);
});

test('close ends nothing that is stored', async () => {
  const storage = memoryStorage();
  const server = await start({ storage });
  await CometChatCalls.login('ann', 'key');
  CometChatCalls.close();
  CometChatCalls.close();
  assert.equal(CometChatCalls.isUserLoggedIn(), false);
  await start({ storage }, server);
  assert.equal(CometChatCalls.getLoggedInUser().uid, 'ann');
});
