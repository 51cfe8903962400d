import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { callsClients, chatClients } from './clients.js';
import { newUID, openHarness } from './harness.js';

const harness = await openHarness();
after(() => harness.close());
const { authKey } = harness.server;
const { defaultHosts, ownHost } = harness.ways;

// The lightest of the clients.
const phone = chatClients.find(({ runsIn }) => runsIn === 'react-native');

const nurse = 'nurse';
const porter = 'porter';
for (const role of [nurse, porter]) await harness.server.rest('POST', '/roles', { role, name: role });

for (const client of chatClients) {
  const proves = (what, run, { ability, way = defaultHosts, configuration } = {}) =>
    test(`${client.name} ${what}`, { skip: client.lacks[ability] ?? false }, harness.onDevice(way, run, configuration, client));

  // beside gives a test another device, of the same client unless it does not matter whose.
  const beside = (run, whose = client) => harness.onDevice(defaultHosts, run, {}, whose)();

  proves('logs in, is still logged in after a restart, and logs out', async (device) => {
    const app = await device.app();
    assert.equal(await app.call('getLoggedinUser'), null);
    const { uid } = await harness.newUser();
    assert.equal((await app.call('login', uid, authKey)).uid, uid);
    await app.hears(`loginSuccess ${uid}`);

    await app.reload();
    assert.equal((await app.call('getLoggedinUser')).uid, uid);
    assert.equal((await app.call('getUser', uid)).uid, uid);
    await app.connected();
    await harness.becomes(uid, 'available');

    await app.call('logout');
    await app.hears('logoutSuccess');
    assert.equal(await app.call('getLoggedinUser'), null);
    assert.deepEqual(await harness.tokens(uid), []);
    await app.reload();
    assert.equal(await app.call('getLoggedinUser'), null);
    // It is the version that this test is named after.
    for (const { request } of device.journal.calls()) assert.equal(request.headers.sdk, client.sdk);
  });

  proves('logs in with a token, which outlives the logout', async (device) => {
    const app = await device.app();
    const { uid } = await harness.newUser();
    const authToken = await harness.newToken(uid);
    for (const round of ['first', 'second']) {
      assert.equal((await app.call('login', authToken)).uid, uid, `the ${round} login`);
      await app.call('logout');
    }
    assert.deepEqual(await harness.tokens(uid), [authToken]);
  }, { way: ownHost });

  proves('is told why a login is refused, and can log in right after', async (device) => {
    const app = await device.app();
    const { uid } = await harness.newUser();
    await app.refused('ERR_UID_NOT_FOUND', 'login', newUID(), authKey);
    await app.refused('AUTH_ERR_APIKEY_NOT_FOUND', 'login', uid, 'no-such-key');
    await app.refused('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'login', 'no-such-token');
    assert.equal(await app.call('getLoggedinUser'), null);
    assert.equal((await app.call('login', uid, authKey)).uid, uid);
  });

  proves('sees another come and go, and loses a session that is revoked', async (device) => {
    const watcher = await harness.loggedIn(device);
    await beside(async (other) => {
      const mover = await harness.loggedIn(other);
      await watcher.app.sees(mover.uid, 'online');
      await mover.app.call('logout');
      await watcher.app.sees(mover.uid, 'online', 'offline');
      await mover.app.call('login', mover.uid, authKey);
      await watcher.app.sees(mover.uid, 'online', 'offline', 'online');

      await harness.server.rest('DELETE', `/users/${mover.uid}/auth_tokens`);
      await watcher.app.sees(mover.uid, 'online', 'offline', 'online', 'offline');
      await mover.app.refused('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'getUser', mover.uid);
      assert.equal(await mover.app.call('getLoggedinUser'), null);
    });
  });

  const hears = client.lacks.roles ? 'of everybody, although it asks for roles' : 'of the roles that it asks for, and of no others';
  proves(`hears ${hears}`, async (device) => {
    const watcher = await harness.loggedIn(device);
    await beside(async (passing) => {
      const passer = await harness.loggedIn(passing, { role: porter });
      await passer.app.call('logout');
      await passer.app.call('login', passer.uid, authKey);
      await beside(async (coming) => {
        const { uid } = await harness.loggedIn(coming, { role: nurse });
        // The porter came first: nothing of it is still to come.
        await watcher.app.sees(uid, 'online');
        await watcher.app.sees(passer.uid, ...(client.lacks.roles ? ['online', 'offline', 'online'] : []));
      }, phone);
    }, phone);
  }, { configuration: { roles: nurse } });

  proves('closes its socket in the background, and is logged in all the while', async (device) => {
    const mover = await harness.loggedIn(device);
    await beside(async (other) => {
      const watcher = await harness.loggedIn(other);
      await mover.app.inBackground();
      await watcher.app.sees(mover.uid, 'offline');
      assert.deepEqual(await mover.app.closed(), ['1000 User logged out']);
      assert.equal((await harness.tokens(mover.uid)).length, 1);
      assert.equal((await mover.app.call('getLoggedinUser')).uid, mover.uid);
      assert.equal((await mover.app.call('getUser', mover.uid)).status, 'offline');

      await mover.app.inForeground();
      await mover.app.connected(2);
      await watcher.app.sees(mover.uid, 'offline', 'online');

      await harness.server.rest('DELETE', `/users/${mover.uid}/auth_tokens`);
      await watcher.app.sees(mover.uid, 'offline', 'online', 'offline');
      await mover.app.refused('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'getUser', mover.uid);
      assert.equal(await mover.app.call('getLoggedinUser'), null);
    });
  }, { ability: 'background' });
}

for (const client of callsClients) {
  for (const way of [defaultHosts, ownHost]) {
    test(`${client.name} gets a call token for who is logged in, and for nobody else: ${way.name}`, harness.onDevice(way, async (device) => {
      const app = await device.app();
      const { uid } = await harness.newUser();
      const authToken = await harness.newToken(uid);
      const { token } = await app.call('generateToken', 'session-1', authToken);
      assert.deepEqual(await harness.callOf(token), { uid, sessionId: 'session-1' });

      await harness.server.rest('DELETE', `/users/${uid}/auth_tokens`);
      await app.refused('AUTH_ERR_AUTH_TOKEN_NOT_FOUND', 'generateToken', 'session-1', authToken);
    }, {}, client));
  }
}
