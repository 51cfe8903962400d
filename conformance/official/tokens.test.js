import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { openHarness } from './harness.js';

const harness = await openHarness();
after(() => harness.close());
const { authKey } = harness.server;
const way = harness.ways.defaultHosts;

// lives says whether a back end still sees the token.
async function lives(uid, authToken) {
  return (await harness.tokens(uid)).includes(authToken);
}

test('logout revokes the token that the login with the auth key made', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  const { uid } = await harness.newUser();
  const { authToken } = await tab.call('login', uid, authKey);
  assert.ok(await lives(uid, authToken), 'the token lives while its user is logged in');
  await tab.call('logout');
  assert.ok(!(await lives(uid, authToken)), 'the token is gone after logout');
  await tab.refused('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'login', authToken);
}));

test('a token issued over REST survives logout and can log in again', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  const { uid } = await harness.newUser();
  const authToken = await harness.newToken(uid);
  for (const round of ['first', 'second']) {
    assert.equal((await tab.call('login', authToken)).uid, uid, `the ${round} login`);
    await tab.call('logout');
    assert.ok(await lives(uid, authToken), `the token lives after the ${round} logout`);
  }
}));

test('a logout ends no session of the user elsewhere', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  const { uid } = await harness.newUser();
  const elsewhere = await harness.newToken(uid);
  await tab.call('login', uid, authKey);
  await tab.call('logout');
  assert.equal((await tab.call('login', elsewhere)).uid, uid);
}));

test('a token revoked over REST ends the session with the next call', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  const { uid } = await harness.newUser();
  const authToken = await harness.newToken(uid);
  await tab.call('login', authToken);
  await harness.server.rest('DELETE', `/users/${uid}/auth_tokens/${authToken}`);
  await tab.refused('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'getUser', uid);
  await tab.hears(`loginSuccess ${uid}`, 'logoutSuccess');
  assert.equal(await tab.call('getLoggedinUser'), null);
  await tab.refused('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'login', authToken);
  assert.equal((await tab.call('login', uid, authKey)).uid, uid);
}));

test('a token revoked while the page was reloaded ends the session too', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  const { uid } = await harness.newUser();
  await tab.call('login', uid, authKey);
  await harness.server.rest('DELETE', `/users/${uid}/auth_tokens`);
  await tab.reload();
  assert.equal((await tab.call('getLoggedinUser')).uid, uid, 'the SDK knows it only from a call');
  await tab.refused('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'listUsers', 30);
  assert.equal(await tab.call('getLoggedinUser'), null);
}));

test('logout with a token that was revoked is a logout', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  const { uid } = await harness.newUser();
  await tab.call('login', uid, authKey);
  await harness.server.rest('DELETE', `/users/${uid}/auth_tokens`);
  // The SDK takes this one refusal for a success.
  device.refusals.push('AUTH_ERR_AUTH_TOKEN_NOT_FOUND');
  assert.deepEqual(await tab.call('logout'), {});
  assert.equal(await tab.call('getLoggedinUser'), null);
}));
