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
    const watcher = await harness.loggedIn(watching);
    const mover = await harness.loggedIn(moving);
    await watcher.app.sees(mover.uid, 'online');
    await run(watcher, mover, { watching, moving });
  })());
}

for (const [how, leave] of Object.entries({
  'closes its page': ({ app }) => app.page.close(),
  'logs out': ({ app }) => app.call('logout'),
  'has a page that crashes': ({ app }) => app.crash(),
})) {
  test(`others see a user go offline who ${how}`, together(async (watcher, mover) => {
    await leave(mover);
    await watcher.app.sees(mover.uid, 'online', 'offline');
    const { lastActiveAt } = await harness.becomes(mover.uid, 'offline');
    assert.ok(Math.abs(lastActiveAt - Date.now() / 1000) < 60, 'the user was active just now');
  }));
}

test('both sides see each other, in lists too', together(async (watcher, mover) => {
  const { uid: third } = await harness.newUser();
  // Users of the tests before may still be on their way out.
  const listed = (await mover.app.call('listOnline')).filter((uid) => [watcher.uid, mover.uid, third].includes(uid));
  assert.deepEqual(listed.toSorted(), [watcher.uid, mover.uid].toSorted());
  assert.equal((await mover.app.call('getUser', watcher.uid)).status, 'online');
  assert.equal((await mover.app.call('getUser', third)).status, 'offline');
}));

test('a reload keeps the socket, and nobody sees it', together(async (watcher, mover) => {
  await mover.app.reload();
  await mover.app.connected();
  // What comes after the reload shows that the socket is authenticated, and that nothing came before it.
  await watcher.app.call('logout');
  await mover.app.sees(watcher.uid, 'offline');
  await watcher.app.call('login', watcher.uid, authKey);
  await mover.app.sees(watcher.uid, 'offline', 'online');
  await watcher.app.sees(mover.uid, 'online');
}));

test('revoking the token over REST ends the socket, and the next call logs the browser out', together(async (watcher, mover) => {
  await harness.server.rest('DELETE', `/users/${mover.uid}/auth_tokens`);
  await mover.app.disconnected();
  await watcher.app.sees(mover.uid, 'online', 'offline');
  await mover.app.refused('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'getUser', watcher.uid);
  await mover.app.hears(`loginSuccess ${mover.uid}`, 'logoutSuccess');
}));

test('after a crash of the server both are back, and nobody went offline', together(async (watcher, mover, { watching, moving }) => {
  watching.serverWasAway = moving.serverWasAway = true;
  await harness.server.restart();
  await watcher.app.connected(2);
  await mover.app.connected(2);
  await mover.app.call('logout');
  await watcher.app.sees(mover.uid, 'online', 'offline');
}));
