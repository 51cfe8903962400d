import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { CometChat, memoryStorage } from '../../dist/index.js';
import { codeOf, FakeServer, never, refusal } from './fake.js';
import { fakeSockets, presence } from './sockets.js';

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  // Every pause lasts as long as it may.
  mock.method(Math, 'random', () => 0.999);
});
afterEach(() => {
  CometChat.close();
  CometChat.removeConnectionListener('test');
  CometChat.removeUserListener('test');
  CometChat.removeLoginListener('test');
  mock.timers.reset();
  mock.restoreAll();
});

const soon = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const pass = async (milliseconds) => {
  mock.timers.tick(milliseconds);
  await soon();
};

// An app whose listeners write down what they hear.
async function start({ change = (builder) => builder, server = new FakeServer(), storage = memoryStorage() } = {}) {
  const [sockets, heard, warnings] = [fakeSockets(), [], []];
  server.jwtOf = (token) => `jwt of ${token}`;
  CometChat.addConnectionListener(
    'test',
    new CometChat.ConnectionListener({
      inConnecting: () => heard.push(`connecting ${CometChat.getConnectionStatus()}`),
      onConnected: () => heard.push(`connected ${CometChat.getConnectionStatus()}`),
      onDisconnected: () => heard.push(`disconnected ${CometChat.getConnectionStatus()}`),
    }),
  );
  CometChat.addUserListener(
    'test',
    new CometChat.UserListener({
      onUserOnline: (user) => heard.push(`${user.getUid()} ${user.getStatus()} ${user.getLastActiveAt()}`),
      onUserOffline: (user) => heard.push(`${user.getUid()} ${user.getStatus()} ${user.getLastActiveAt()}`),
    }),
  );
  CometChat.addLoginListener('test', new CometChat.LoginListener({ logoutSuccess: (why) => heard.push(`out ${why}`) }));
  const builder = new CometChat.AppSettingsBuilder()
    .setHost('http://usher.test/v3')
    .setStorage(storage)
    .setWebSocket(sockets.make)
    .setWarningHook((message) => warnings.push(message));
  const init = () => CometChat.init('app-1', { ...change(builder).build(), fetch: atRoot(server) });
  await init();
  return { server, sockets, heard, warnings, init, take: () => heard.splice(0) };
}

const atRoot =
  ({ fetch }) =>
  (url, init) =>
    fetch(url.replace('/v3/', '/'), init);

async function online(options) {
  const app = await start(options);
  await CometChat.login('ann', 'key');
  await soon();
  app.sockets.last().accept();
  app.take();
  return app;
}

test('a login opens a connection and does not wait for it; the JWT says whose it is', async () => {
  const { sockets, heard } = await start({ change: (builder) => builder.subscribePresenceForRoles(['agent']) });
  assert.equal(CometChat.getConnectionStatus(), CometChat.CONNECTION_STATUS.DISCONNECTED);
  await CometChat.login('ann', 'key');
  await soon();
  const socket = sockets.last();
  assert.equal(socket.url, 'ws://usher.test/v3');
  assert.deepEqual(heard, ['connecting connecting']);
  socket.open();
  const [{ appId, deviceId, type, sender, body }] = socket.sent;
  assert.deepEqual([appId, type, sender, body.auth], ['app-1', 'auth', 'ann', 'jwt of ann_1']);
  assert.deepEqual([body.presenceSubscription, body.roles], ['ROLES', ['agent']]);
  assert.equal(body.deviceId, deviceId);
  assert.equal(CometChat.getConnectionStatus(), 'connecting');
  socket.accept();
  assert.deepEqual(heard, ['connecting connecting', 'connected connected']);
});

test('a session that is restored is connected, without a request', async () => {
  const { server, sockets, init, heard } = await online();
  server.asked.length = 0;
  await init();
  await soon();
  assert.equal(sockets.opened.length, 2);
  sockets.last().accept();
  assert.deepEqual(heard, ['connecting connecting', 'connected connected']);
  assert.deepEqual(server.asked, []);
});

test('a ping every 15 seconds, and a connection that leaves one unanswered for 3 is lost', async () => {
  const { sockets, take } = await online();
  const socket = sockets.last();
  await pass(14_999);
  assert.equal(socket.pings, 0);
  await pass(1);
  assert.equal(socket.pings, 1);
  socket.say({ action: 'pong', ack: 'true' });
  await pass(15_000);
  assert.equal(socket.pings, 2);
  await pass(2999);
  assert.deepEqual(take(), []);
  await pass(1);
  assert.deepEqual(take(), ['disconnected disconnected', 'connecting connecting']);
  assert.notEqual(socket.closedWith[0], 1000, 'a loss is no logout');
  await pass(500);
  assert.equal(sockets.opened.length, 2);
  sockets.last().accept();
  assert.deepEqual(take(), ['connected connected']);
});

test('the pauses double up to 30 seconds, and begin anew after 10 seconds of connection', async () => {
  const { sockets, heard } = await online();
  sockets.last().end(1006);
  for (const bound of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    const before = sockets.opened.length;
    await pass(bound * 0.998);
    assert.equal(sockets.opened.length, before, `no attempt within ${bound} ms`);
    await pass(bound * 0.002);
    assert.equal(sockets.opened.length, before + 1, `an attempt after ${bound} ms`);
    sockets.last().end(1006);
  }
  assert.deepEqual(heard, ['disconnected disconnected', 'connecting connecting']);
  await pass(30_000);
  sockets.last().accept();
  await pass(10_000);
  sockets.last().end(1001);
  await pass(500);
  assert.equal(sockets.opened.length, 11);
});

test('an attempt that nobody answers is given up after the time limit', async () => {
  const { sockets } = await start({ change: (builder) => builder.setTimeout(4000) });
  await CometChat.login('ann', 'key');
  await soon();
  await pass(4000);
  await pass(500);
  assert.equal(sockets.opened.length, 2);
  assert.equal(CometChat.getConnectionStatus(), 'connecting');
});

test('presence reaches user listeners; the own user, own frames and bad ones do not', async () => {
  const { sockets, take } = await online();
  const socket = sockets.last();
  socket.say(presence('bob'));
  socket.say(presence('bob', 'available'));
  socket.say(presence('bob', 'offline'));
  assert.deepEqual(take(), ['bob online 1700000000', 'bob online 1700000000', 'bob offline 1700000000']);
  const ignored = [
    presence('ANN'),
    presence('bob', 'dancing'),
    presence('bob', 'online', { deviceId: socket.sent[0].deviceId }),
    presence('bob', 'online', { type: 'message' }),
    { type: 'presence' },
    { type: 'presence', body: { action: 'online' } },
    { type: 'presence', body: { action: 'online', user: { name: 'Bob' } } },
    { type: 'presence', body: { action: 'online', user: { uid: 'bob', name: 7 } } },
    '',
    '{',
    'null',
    '[1]',
    '"presence"',
    { type: 'auth', body: null },
  ];
  for (const frame of ignored) socket.say(frame);
  socket.onmessage({ data: new ArrayBuffer(8) });
  assert.deepEqual(take(), []);
  assert.equal(CometChat.getConnectionStatus(), 'connected');
});

test('nothing that becomes of a connection ends the session', async () => {
  const { server, sockets, take } = await online();
  for (const code of [1000, 1001, 1006, 1011, 1013, 4400, 4401, 4403, 4408, 4413, 4429]) {
    sockets.last().end(code);
    await soon();
    await pass(30_000);
    sockets.last().accept();
    await pass(10_000);
  }
  server.spoil = (line) => (line.startsWith('GET') ? refusal('ERR_OF_THE_FUTURE') : undefined);
  sockets.last().end(4403);
  await soon();
  assert.ok(!take().some((event) => event.startsWith('out')));
  assert.equal((await CometChat.getLoggedinUser()).getUid(), 'ann');
});

test('a token that was revoked ends the session by one question', async () => {
  const { server, sockets, take } = await online();
  server.tokens.clear();
  server.asked.length = 0;
  sockets.last().end(4403);
  await soon();
  assert.deepEqual(server.asked, ['GET /me ann_1']);
  const heard = take();
  assert.deepEqual(heard.toSorted(), [
    'connecting connecting',
    'disconnected disconnected',
    'disconnected disconnected',
    'out revoked',
  ]);
  await pass(60_000);
  assert.equal(sockets.opened.length, 1);
  assert.equal(await CometChat.getLoggedinUser(), null);
});

test('a JWT that is refused while the token lives is renewed', async () => {
  const { server, sockets } = await start();
  await CometChat.login('ann', 'key');
  await soon();
  server.jwtOf = () => 'a newer one';
  sockets.last().open();
  sockets.last().say({ type: 'auth', body: { code: '401', status: 'ERROR' } });
  await soon();
  await pass(500);
  sockets.last().open();
  assert.equal(sockets.last().sent[0].body.auth, 'a newer one');
});

test('a logout closes the connection at once, and nothing reconnects', async () => {
  const { server, sockets, take } = await online();
  server.spoil = (line) => (line.startsWith('DELETE') ? never() : undefined);
  CometChat.logout();
  assert.deepEqual(sockets.last().closedWith, [1000, 'User logged out']);
  await soon();
  assert.deepEqual(take(), ['disconnected disconnected', 'out userInitiated']);
  await pass(60_000);
  assert.equal(sockets.opened.length, 1);
});

test('a switch closes the old connection, whose frames are unheard, before it opens the new one', async () => {
  const { sockets, take } = await online();
  const [old, hear] = [sockets.last(), sockets.last().onmessage];
  old.answersFarewell = false;
  await CometChat.login('bob', 'key');
  await soon();
  assert.deepEqual(old.closedWith, [1000, 'User logged out']);
  assert.equal(old.onmessage, null);
  assert.equal(sockets.opened.length, 1);
  await pass(1000);
  assert.equal(sockets.opened.length, 2, 'a server that does not answer a farewell is not waited for');
  hear({ data: JSON.stringify(presence('late')) });
  sockets.last().accept();
  assert.deepEqual(
    take().filter((event) => !event.startsWith('late')),
    ['disconnected disconnected', 'connecting connecting', 'connected connected'],
  );
});

test('without automatic connections only connect opens one, and disconnect closes it', async () => {
  const { sockets, take } = await start({ change: (builder) => builder.autoEstablishSocketConnection(false) });
  assert.equal(await codeOf(CometChat.connect()), 'USER_NOT_LOGGED_IN');
  await CometChat.login('ann', 'key');
  await pass(60_000);
  assert.equal(sockets.opened.length, 0);
  for (const round of [1, 2]) {
    const connecting = CometChat.connect();
    await soon();
    assert.equal(sockets.opened.length, round);
    sockets.last().accept();
    await connecting;
    CometChat.disconnect();
    assert.deepEqual(take(), ['connecting connecting', 'connected connected', 'disconnected disconnected']);
    await pass(60_000);
    assert.equal(sockets.opened.length, round);
    assert.equal((await CometChat.getLoggedinUser()).getUid(), 'ann');
  }
});

test('connect says why there is no connection', async () => {
  const { sockets } = await start({ change: (builder) => builder.autoEstablishSocketConnection(false) });
  await CometChat.login('ann', 'key');
  const late = codeOf(CometChat.connect());
  await soon();
  await pass(15_000);
  assert.equal(await late, 'FAILED_TO_FETCH');
  const unwanted = codeOf(CometChat.connect());
  CometChat.disconnect();
  assert.equal(await unwanted, 'FAILED_TO_FETCH');
  const [left, closed] = [codeOf(CometChat.connect()), codeOf(CometChat.connect())];
  CometChat.close();
  assert.deepEqual([await left, await closed], Array(2).fill('COMETCHAT_INITIALIZATION_NOT_DONE'));
  assert.equal(await codeOf(CometChat.connect()), 'COMETCHAT_INITIALIZATION_NOT_DONE');
  assert.ok(sockets.opened.length > 0);
});

test('where there is no WebSocket the session works, and somebody is told', async () => {
  const own = globalThis.WebSocket;
  delete globalThis.WebSocket;
  const withoutOne = (builder) => Object.assign(builder, { build: () => withoutMaker(builder) });
  const withoutMaker = (builder) => {
    const { webSocket, ...settings } = CometChat.AppSettingsBuilder.prototype.build.call(builder);
    return settings;
  };
  const { warnings } = await start({ change: withoutOne });
  await CometChat.login('ann', 'key');
  await soon();
  assert.equal(CometChat.getConnectionStatus(), 'disconnected');
  assert.ok(warnings.some((message) => message.includes('no WebSocket')));
  assert.equal(await codeOf(CometChat.connect()), 'ERROR_INVALID_SETTINGS');
  if (own) globalThis.WebSocket = own;
});

test('close closes the connection, and nothing reconnects', async () => {
  const { sockets } = await online();
  CometChat.close();
  assert.notEqual(sockets.last().closedWith[0], 1000, 'what is closed is not logged out');
  await pass(60_000);
  assert.equal(sockets.opened.length, 1);
  assert.equal(CometChat.getConnectionStatus(), 'disconnected');
});

test('a listener that throws or hangs disturbs nobody, and may log out', async () => {
  const { sockets, heard } = await start();
  const broken = new CometChat.ConnectionListener({
    inConnecting: () => never(),
    onConnected: () => {
      throw new Error('listener');
    },
  });
  CometChat.addConnectionListener('broken', broken);
  CometChat.addUserListener('out', new CometChat.UserListener({ onUserOnline: () => CometChat.logout() }));
  await CometChat.login('ann', 'key');
  await soon();
  sockets.last().accept();
  sockets.last().say(presence('bob'));
  await soon();
  CometChat.removeConnectionListener('broken');
  CometChat.removeUserListener('out');
  assert.deepEqual(heard.slice(0, 3), ['connecting connecting', 'connected connected', 'bob online 1700000000']);
  assert.deepEqual(sockets.last().closedWith, [1000, 'User logged out']);
});
