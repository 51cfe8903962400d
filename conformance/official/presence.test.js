import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { openHarness } from './harness.js';

const harness = await openHarness({ durable: true });
after(() => harness.close());
const { authKey } = harness.server;
const way = harness.ways.defaultHosts;

// together gives a test two people, each with a browser: one who watches and one who comes and goes.
function together(run) {
  return harness.onDevice(way, (watching) => harness.onDevice(way, async (moving) => {
    const watcher = await loggedIn(watching);
    const mover = await loggedIn(moving);
    await watcher.tab.sees(mover.uid, 'online');
    await run(watcher, mover, { watching, moving });
  })());
}

async function loggedIn(device) {
  const { uid } = await harness.newUser();
  const tab = await device.tab();
  await tab.call('login', uid, authKey);
  await tab.connected();
  await online(uid, 'available');
  return { uid, tab };
}

// online waits until a back end sees the user so.
async function online(uid, status) {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const user = await harness.server.rest('GET', `/users/${uid}`);
    if (user.status === status) return user;
    assert.ok(Date.now() < deadline, `${uid} is ${user.status}, and was to be ${status}`);
  }
}

for (const [how, leave] of Object.entries({
  'closes its page': ({ tab }) => tab.page.close(),
  'logs out': ({ tab }) => tab.call('logout'),
  'has a page that crashes': ({ tab }) => tab.crash(),
})) {
  test(`others see a user go offline who ${how}`, together(async (watcher, mover) => {
    await leave(mover);
    await watcher.tab.sees(mover.uid, 'online', 'offline');
    const { lastActiveAt } = await online(mover.uid, 'offline');
    assert.ok(Math.abs(lastActiveAt - Date.now() / 1000) < 60, 'the user was active just now');
  }));
}

test('both sides see each other, in lists too', together(async (watcher, mover) => {
  const { uid: third } = await harness.newUser();
  // Users of the tests before may still be on their way out.
  const listed = (await mover.tab.call('listOnline')).filter((uid) => [watcher.uid, mover.uid, third].includes(uid));
  assert.deepEqual(listed.toSorted(), [watcher.uid, mover.uid].toSorted());
  assert.equal((await mover.tab.call('getUser', watcher.uid)).status, 'online');
  assert.equal((await mover.tab.call('getUser', third)).status, 'offline');
}));

test('a reload keeps the socket, and nobody sees it', together(async (watcher, mover) => {
  await mover.tab.reload();
  await mover.tab.connected();
  // What comes after the reload shows that the socket is authenticated, and that nothing came before it.
  await watcher.tab.call('logout');
  await mover.tab.sees(watcher.uid, 'offline');
  await watcher.tab.call('login', watcher.uid, authKey);
  await mover.tab.sees(watcher.uid, 'offline', 'online');
  await watcher.tab.sees(mover.uid, 'online');
}));

test('revoking the token over REST ends the socket, and the next call logs the browser out', together(async (watcher, mover) => {
  await harness.server.rest('DELETE', `/users/${mover.uid}/auth_tokens`);
  await mover.tab.disconnected();
  await watcher.tab.sees(mover.uid, 'online', 'offline');
  await mover.tab.refused('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'getUser', watcher.uid);
  await mover.tab.hears(`loginSuccess ${mover.uid}`, 'logoutSuccess');
}));

test('after a crash of the server both are back, and nobody went offline', together(async (watcher, mover, { watching, moving }) => {
  watching.serverWasAway = moving.serverWasAway = true;
  await harness.server.restart();
  await watcher.tab.connected(2);
  await mover.tab.connected(2);
  await mover.tab.call('logout');
  await watcher.tab.sees(mover.uid, 'online', 'offline');
}));
