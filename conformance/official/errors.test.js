import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { newUID, openHarness } from './harness.js';

const harness = await openHarness();
after(() => harness.close());
const { authKey } = harness.server;
const ways = Object.values(harness.ways);

// A login that is refused must leave the SDK able to log in; after a wrong answer it hangs until the
// page is reloaded (wire contract, rules 1 and 2).
async function stillUsable(tab) {
  const { uid } = await harness.newUser();
  assert.equal((await tab.call('login', uid, authKey)).uid, uid);
  assert.equal((await tab.call('getLoggedinUser')).uid, uid);
  await tab.call('logout');
}

for (const way of ways) {
  test(`a login with an unknown uid: ${way.name}`, harness.onDevice(way, async (device) => {
    const tab = await device.tab();
    await tab.refused('ERR_UID_NOT_FOUND', 'login', newUID(), authKey);
    await tab.hears('loginFailure ERR_UID_NOT_FOUND');
    assert.equal(await tab.call('getLoggedinUser'), null);
    await stillUsable(tab);
  }));

  test(`a login with a wrong key: ${way.name}`, harness.onDevice(way, async (device) => {
    const tab = await device.tab();
    const { uid } = await harness.newUser();
    await tab.refused('AUTH_ERR_APIKEY_NOT_FOUND', 'login', uid, 'no-such-key');
    await tab.hears('loginFailure AUTH_ERR_APIKEY_NOT_FOUND');
    assert.equal(await tab.call('getLoggedinUser'), null);
    await stillUsable(tab);
  }));

  test(`a login with a bad token: ${way.name}`, harness.onDevice(way, async (device) => {
    const tab = await device.tab();
    const { uid } = await harness.newUser();
    // One that never was, and one in the form of a real one.
    for (const bad of ['no-such-token', `${uid}_1700000000${'0'.repeat(30)}`]) {
      await tab.refused('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'login', bad);
      assert.equal(await tab.call('getLoggedinUser'), null);
      await stillUsable(tab);
    }
  }));
}

const way = harness.ways.defaultHosts;

test('after a bad token the listener hears of a failure and of a logout', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  await tab.refused('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'login', 'no-such-token');
  await tab.hears('loginFailure AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'logoutSuccess');
}));

test('one failure after another on the same page, then a login', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  const { uid } = await harness.newUser();
  await tab.refused('ERR_UID_NOT_FOUND', 'login', newUID(), authKey);
  await tab.refused('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'login', 'no-such-token');
  await tab.refused('AUTH_ERR_APIKEY_NOT_FOUND', 'login', uid, 'no-such-key');
  await stillUsable(tab);
}));

test('a wrong key is told before an unknown uid', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  await tab.refused('AUTH_ERR_APIKEY_NOT_FOUND', 'login', newUID(), 'no-such-key');
}));

test('a uid that is taken can not be created again', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  const { uid } = await harness.newUser();
  await tab.refused('ERR_UID_ALREADY_EXISTS', 'createUser', { uid, name: 'Kevin' }, authKey);
  await tab.refused('AUTH_ERR_APIKEY_NOT_FOUND', 'createUser', { uid: newUID(), name: 'Kevin' }, 'no-such-key');
  await stillUsable(tab);
}));

test('a logout without a session is refused and harms nothing', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  // The SDK rejects with a code of its own, and asks the server all the same, without a token.
  device.refusals.push('AUTH_ERR_EMPTY_AUTH_TOKEN');
  await Promise.all([
    tab.page.waitForResponse((response) => response.request().method() === 'DELETE'),
    tab.rejects('USER_NOT_LOGED_IN', 'logout'),
  ]);
  await stillUsable(tab);
}));

test('an app that does not exist', harness.onDevice(harness.ways.ownHost, async (device) => {
  const tab = await device.tab();
  const { uid } = await harness.newUser();
  await tab.refused('AUTH_ERR_INVALID_APPID', 'login', uid, authKey);
}, { appId: 'no-such-app' }));
