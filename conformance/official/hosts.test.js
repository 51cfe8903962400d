import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { openHarness } from './harness.js';

const harness = await openHarness();
after(() => harness.close());
const { authKey } = harness.server;

for (const way of Object.values(harness.ways)) {
  test(`settings send the SDK where the server is: ${way.name}`, harness.onDevice(way, async (device) => {
    const tab = await device.tab();
    const { uid } = await harness.newUser();
    const { journal } = device;
    await tab.call('login', uid, authKey);
    assert.deepEqual(journal.asked(), [`POST ${way.first.admin}/users/${uid}/auth_tokens`, `PUT ${way.first.client}/me`]);

    const stored = await tab.stored('app_settings');
    const { ADMIN_API_HOST, CLIENT_API_HOST, CHAT_HOST, CHAT_WSS_PORT } = stored;
    assert.deepEqual({ ADMIN_API_HOST, CLIENT_API_HOST, CHAT_HOST, CHAT_WSS_PORT }, way.settings);

    const later = journal.mark;
    await tab.call('getUser', uid);
    await tab.call('updateUser', { uid, name: 'Renamed' }, authKey);
    assert.deepEqual(journal.asked(later), [
      `GET ${CLIENT_API_HOST}/v3.0/users/${uid}`,
      `PUT ${ADMIN_API_HOST}/v3.0/users/${uid}`,
    ]);
    // What the SDK fetches by itself replaces what the login gave.
    await tab.call('getAppSettings');
    assert.deepEqual(await tab.stored('app_settings'), stored);
  }));

  test(`a logout forgets the settings: ${way.name}`, harness.onDevice(way, async (device) => {
    const tab = await device.tab();
    const { uid } = await harness.newUser();
    await tab.call('login', uid, authKey);
    await tab.call('logout');
    const again = device.journal.mark;
    await tab.call('login', uid, authKey);
    assert.equal(device.journal.asked(again)[0], `POST ${way.first.admin}/users/${uid}/auth_tokens`);
  }));

  test(`the socket is tried where the settings say: ${way.name}`, harness.onDevice(way, async (device) => {
    const tab = await device.tab();
    const { uid } = await harness.newUser();
    await Promise.all([tab.page.waitForEvent('websocket'), tab.call('login', uid, authKey)]);
    assert.deepEqual([...new Set(device.journal.sockets())], [`${way.settings.CHAT_HOST}:${way.settings.CHAT_WSS_PORT}`]);
  }));
}
