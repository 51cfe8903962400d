import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CometChatCalls, memoryStorage } from '../../dist/index.js';
import { codeOf, FakeServer, json, never, raw, refusal, settingsFor, unreachable, until } from './fake.js';

const nobody = () => {
  assert.equal(CometChatCalls.getLoggedInUser(), null);
  assert.equal(CometChatCalls.isUserLoggedIn(), false);
  assert.equal(CometChatCalls.getUserAuthToken(), '');
};

async function start(changes, server = new FakeServer()) {
  const { success } = await CometChatCalls.init(settingsFor(server, changes));
  assert.equal(success, true);
  return server;
}

test('before init, and after it failed, everything says so', async () => {
  CometChatCalls.close();
  for (const prepare of [() => {}, () => CometChatCalls.init({ appId: '' }), () => CometChatCalls.init()]) {
    await prepare();
    assert.equal(await codeOf(CometChatCalls.login('', '')), 'ERROR_SDK_NOT_INITIALIZED');
    assert.equal(await codeOf(CometChatCalls.loginWithAuthToken('')), 'ERROR_SDK_NOT_INITIALIZED');
    assert.equal(await codeOf(CometChatCalls.logout()), 'ERROR_SDK_NOT_INITIALIZED');
    assert.equal(await codeOf(CometChatCalls.checkSession()), 'ERROR_SDK_NOT_INITIALIZED');
    nobody();
  }
});

test('a login by key gives the user of the documents', async () => {
  const server = await start();
  const user = await CometChatCalls.login('Ann', 'key');
  assert.deepEqual(user, { uid: 'ann', name: 'ANN', avatar: '', status: 'online', authToken: 'ann_1' });
  assert.deepEqual(CometChatCalls.getLoggedInUser(), user);
  assert.equal(CometChatCalls.getUserAuthToken(), 'ann_1');
  assert.deepEqual(server.asked, ['POST /users/Ann/auth_tokens key', 'PUT /me ann_1']);
});

test('who is in already is given without a request', async () => {
  const server = await start();
  await CometChatCalls.login('ann', 'key');
  server.asked.length = 0;
  assert.equal((await CometChatCalls.login('ANN', 'another-key')).uid, 'ann');
  assert.equal((await CometChatCalls.loginWithAuthToken('ann_1')).uid, 'ann');
  assert.deepEqual(server.asked, []);
});

const oddities = [undefined, null, '', 0, 7, true, {}, [], () => {}, Symbol('x')];

test('what is no text is refused as if it were missing', async () => {
  const server = await start();
  for (const odd of oddities) {
    assert.equal(await codeOf(CometChatCalls.login(odd, 'key')), 'ERROR_INVALID_UID');
    assert.equal(await codeOf(CometChatCalls.login('ann', odd)), 'ERROR_API_KEY_NOT_FOUND');
    assert.equal(await codeOf(CometChatCalls.loginWithAuthToken(odd)), 'ERROR_BLANK_AUTHTOKEN');
  }
  assert.deepEqual(server.asked, []);
  nobody();
});

test('a second login is refused while one runs, however that ends', async () => {
  const endings = [raw(500, '<html>'), unreachable, never, raw(200, '{}'), () => json(refusal('ERR_UID_NOT_FOUND'))];
  for (const ending of endings) {
    const server = await start();
    server.spoil = ending;
    const first = codeOf(CometChatCalls.login('ann', 'key'));
    assert.equal(await codeOf(CometChatCalls.login('', '')), 'ERROR_LOGIN_IN_PROGRESS');
    assert.equal(await codeOf(CometChatCalls.loginWithAuthToken('')), 'ERROR_LOGIN_IN_PROGRESS');
    assert.notEqual(await first, 'no error');
    server.spoil = () => undefined;
    assert.equal((await CometChatCalls.login('ann', 'key')).uid, 'ann');
  }
});

test('another token of the same sign-in is gone on with', async () => {
  const server = await start();
  server.tokens.set('given', 'ann');
  server.spoil = (line) =>
    line.startsWith('PUT') ? { data: { uid: 'ann', name: 'Ann', authToken: 'changed' } } : undefined;
  await CometChatCalls.loginWithAuthToken('given');
  assert.equal(CometChatCalls.getUserAuthToken(), 'changed');
});

test('an answer about another user logs nobody in and ends no token', async () => {
  const server = await start();
  server.spoil = (line) =>
    line.startsWith('PUT') ? { data: { uid: 'bob', name: 'Bob', authToken: 'bob_9' } } : undefined;
  assert.equal(await codeOf(CometChatCalls.login('ann', 'key')), 'ERROR_JSON_EXCEPTION');
  nobody();
  assert.deepEqual(
    server.asked.filter((line) => line.startsWith('DELETE')),
    [],
  );
});

test('a token that a failed login was given is ended', async () => {
  const server = await start();
  server.spoil = (line) => (line.startsWith('PUT') ? raw(502, '<html>Bad gateway</html>')() : undefined);
  assert.equal(await codeOf(CometChatCalls.login('ann', 'key')), 'ERROR_JSON_EXCEPTION');
  await until(() => server.tokens.size === 0);
});

test('a switch keeps the old session until the new one is there, then ends it', async () => {
  const server = await start();
  await CometChatCalls.login('ann', 'key');
  server.spoil = (line) => (line.startsWith('PUT') ? unreachable() : undefined);
  assert.equal(await codeOf(CometChatCalls.login('bob', 'key')), 'ERROR_IO_EXCEPTION');
  assert.equal(CometChatCalls.getUserAuthToken(), 'ann_1');
  assert.ok(server.tokens.has('ann_1'));
  server.spoil = () => undefined;
  const switching = CometChatCalls.login('bob', 'key');
  assert.equal(CometChatCalls.getLoggedInUser().uid, 'ann');
  await switching;
  assert.equal(CometChatCalls.getLoggedInUser().uid, 'bob');
  await until(() => !server.tokens.has('ann_1'));
});

test('only a verdict ends a session', async () => {
  const storage = memoryStorage();
  const server = await start({ storage });
  await CometChatCalls.login('ann', 'key');
  for (const spoil of [
    raw(401, '{}'),
    raw(401, '<html>'),
    unreachable,
    never,
    () => json(refusal('AUTH_ERR_INVALID_APPID'), 404),
  ]) {
    server.spoil = spoil;
    assert.notEqual(await codeOf(CometChatCalls.checkSession()), 'no error');
    assert.equal(CometChatCalls.getLoggedInUser().uid, 'ann');
  }
  server.spoil = () => undefined;
  server.tokens.clear();
  assert.equal(await codeOf(CometChatCalls.checkSession()), 'AUTH_ERR_AUTH_TOKEN_NOT_FOUND');
  nobody();
  await start({ storage }, server);
  nobody();
  assert.equal((await CometChatCalls.login('ann', 'key')).uid, 'ann');
});

test('no error repeats a credential, though the server does', async () => {
  const server = await start();
  server.spoil = (_, { headers }) => {
    const secret = headers.apiKey ?? headers.authToken;
    return json({ error: { code: `ERR_${secret}`, message: secret, details: { a: [secret] } } });
  };
  for (const call of [
    () => CometChatCalls.login('ann', 'hunter2'),
    () => CometChatCalls.loginWithAuthToken('hunter2'),
  ]) {
    const error = await call().catch((error) => error);
    assert.ok(!JSON.stringify([error, error.message, error.stack]).includes('hunter2'));
  }
});

test('a clock that is a year off changes nothing', async (t) => {
  for (const off of [-1, 1]) {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + off * 365 * 24 * 3600 * 1000 });
    const storage = memoryStorage();
    const server = await start({ storage });
    await CometChatCalls.login('ann', 'key');
    t.mock.timers.reset();
    await start({ storage }, server);
    assert.equal(CometChatCalls.getLoggedInUser().uid, 'ann');
    assert.equal(await CometChatCalls.logout(), 'Goodbye.');
  }
});

test('an answer that never ends is given up', async () => {
  const server = await start({ timeout: 50 });
  const endless = new ReadableStream({ pull: () => never() });
  server.spoil = () => new Response(endless);
  assert.equal(await codeOf(CometChatCalls.login('ann', 'key')), 'ERROR_IO_EXCEPTION');
});

test('an answer that is too long is cut off', async () => {
  const server = await start();
  let taken = 0;
  const long = new ReadableStream({
    pull: (controller) => {
      taken += 1 << 16;
      controller.enqueue(new Uint8Array(1 << 16).fill(32));
    },
  });
  server.spoil = () => new Response(long);
  assert.equal(await codeOf(CometChatCalls.login('ann', 'key')), 'ERROR_JSON_EXCEPTION');
  assert.ok(taken < 2 << 20, `${taken} bytes were taken`);
});
