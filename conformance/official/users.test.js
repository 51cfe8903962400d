import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { newUID, openHarness } from './harness.js';

const harness = await openHarness();
after(() => harness.close());
const { authKey } = harness.server;
const way = harness.ways.defaultHosts;

// loggedIn opens a tab with a user of its own.
async function loggedIn(device) {
  const tab = await device.tab();
  const { uid } = await harness.newUser();
  await tab.call('login', uid, authKey);
  return { tab, uid };
}

test('a user is created with every field the SDK has', harness.onDevice(way, async (device) => {
  const { tab } = await loggedIn(device);
  const fields = { uid: newUID(), name: 'Ann', avatar: 'https://example.com/ann.png', link: 'https://example.com/ann', metadata: { team: 'blue' }, statusMessage: 'Hello', tags: ['vip', 'eu'] };
  await tab.call('createUser', fields, authKey);
  const { uid, name, avatar, link, metadata, statusMessage, tags, role, status } = await tab.call('getUser', fields.uid);
  assert.deepEqual({ uid, name, avatar, link, metadata, statusMessage, tags }, fields);
  assert.deepEqual({ role, status }, { role: 'default', status: 'offline' });
}));

test('creating a user does not touch the session of who is logged in', harness.onDevice(way, async (device) => {
  const { tab, uid } = await loggedIn(device);
  await tab.call('createUser', { uid: newUID(), name: 'Ann' }, authKey);
  assert.equal((await tab.call('getLoggedinUser')).uid, uid);
  assert.equal((await tab.call('getUser', uid)).uid, uid);
}));

test('the users are listed page by page', harness.onDevice(way, async (device) => {
  const { tab, uid } = await loggedIn(device);
  const others = await Promise.all(Array.from({ length: 5 }, () => harness.newUser()));
  const pages = await tab.call('listUsers', 4);
  const uids = pages.flat().map((user) => user.uid);
  assert.ok(pages.length > 1 && pages.slice(0, -1).every((page) => page.length === 4), 'all pages but the last are full');
  assert.equal(new Set(uids).size, uids.length, 'no user is listed twice');
  // The server starts with these five.
  for (const sample of [1, 2, 3, 4, 5].map((number) => `cometchat-uid-${number}`)) assert.ok(uids.includes(sample), sample);
  for (const other of others) assert.ok(uids.includes(other.uid), other.uid);
  assert.ok(pages.flat().every((user) => user.name && user.status), 'every user has a name and a status');
  assert.equal((await tab.call('getLoggedinUser')).uid, uid);
}));

test('an unknown user is told as such, and the session goes on', harness.onDevice(way, async (device) => {
  const { tab, uid } = await loggedIn(device);
  await tab.refused('ERR_UID_NOT_FOUND', 'getUser', newUID());
  assert.equal((await tab.call('getUser', uid)).uid, uid);
}));

test('a user is updated with the auth key', harness.onDevice(way, async (device) => {
  const { tab } = await loggedIn(device);
  const { uid } = await harness.newUser({ statusMessage: 'Before' });
  const updated = await tab.call('updateUser', { uid, name: 'After', tags: ['new'] }, authKey);
  assert.equal(updated.name, 'After');
  const { name, tags, statusMessage } = await tab.call('getUser', uid);
  assert.deepEqual({ name, tags, statusMessage }, { name: 'After', tags: ['new'], statusMessage: 'Before' });
}));
