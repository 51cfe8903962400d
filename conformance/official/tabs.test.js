import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { openHarness } from './harness.js';

const harness = await openHarness();
after(() => harness.close());
const { authKey } = harness.server;
const way = harness.ways.defaultHosts;

async function twoTabs(device) {
  const front = await device.tab();
  const back = await device.tab();
  await back.behind(front);
  return { front, back };
}

test('a login in one tab is a login in the other, and so is a logout', harness.onDevice(way, async (device) => {
  const { front, back } = await twoTabs(device);
  const { uid } = await harness.newUser();
  const { authToken } = await front.call('login', uid, authKey);
  await back.hears(`loginSuccess ${uid}`);
  assert.ok((await back.call('getLoggedinUser')).authToken === authToken, 'both tabs have the same session');
  assert.equal((await back.call('getUser', uid)).uid, uid);

  await front.call('logout');
  await back.hears(`loginSuccess ${uid}`, 'logoutSuccess');
  assert.equal(await back.call('getLoggedinUser'), null);
}));

test('a token revoked over REST logs out both tabs with the call of one', harness.onDevice(way, async (device) => {
  const { front, back } = await twoTabs(device);
  const { uid } = await harness.newUser();
  await front.call('login', uid, authKey);
  await back.hears(`loginSuccess ${uid}`);
  await harness.server.rest('DELETE', `/users/${uid}/auth_tokens`);
  await front.refused('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'getUser', uid);
  await back.hears(`loginSuccess ${uid}`, 'logoutSuccess');
}));

test('two browsers with the same user are two sessions', harness.onDevice(way, async (device) => {
  const { uid } = await harness.newUser();
  const here = await device.tab();
  const first = await here.call('login', uid, authKey);
  await harness.onDevice(way, async (other) => {
    const there = await other.tab();
    const second = await there.call('login', uid, authKey);
    assert.ok(second.authToken !== first.authToken, 'each login has a token of its own');
    await there.call('logout');
  })();
  assert.equal((await here.call('getUser', uid)).uid, uid);
}));
