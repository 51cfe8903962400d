import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { newUID, openHarness } from './harness.js';

const harness = await openHarness();
after(() => harness.close());
const { authKey } = harness.server;

for (const way of Object.values(harness.ways)) {
  test(`create a user, log in, reload, log out, log in with an auth token: ${way.name}`, harness.onDevice(way, async (device) => {
    const tab = await device.tab();
    const uid = newUID();
    assert.equal(await tab.call('getLoggedinUser'), null);

    const created = await tab.call('createUser', { uid, name: 'Kevin' }, authKey);
    assert.deepEqual({ uid: created.uid, name: created.name }, { uid, name: 'Kevin' });

    const user = await tab.call('login', uid, authKey);
    assert.deepEqual({ uid: user.uid, name: user.name }, { uid, name: 'Kevin' });
    await tab.hears(`loginSuccess ${uid}`);

    const reload = device.journal.mark;
    await tab.reload();
    assert.deepEqual(await tab.call('getLoggedinUser'), user);
    assert.equal((await tab.call('getUser', uid)).uid, uid);
    // The session comes from the browser's storage. A login by itself would mean that the settings
    // made the SDK throw the session away (wire contract, rule 7).
    assert.deepEqual(device.journal.asked(reload).filter((asked) => asked.endsWith('/me')), []);

    await tab.call('logout');
    await tab.hears('logoutSuccess');
    assert.equal(await tab.call('getLoggedinUser'), null);

    const authToken = await harness.newToken(uid);
    assert.equal((await tab.call('login', authToken)).uid, uid);
    await tab.hears('logoutSuccess', `loginSuccess ${uid}`);
    assert.ok((await tab.call('getLoggedinUser')).authToken === authToken, 'the session is the token that the back end issued');
    await tab.call('logout');
  }));
}

const way = harness.ways.defaultHosts;

test('a login asks for a token and presents it, once each', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  const { uid } = await harness.newUser();
  const { authToken } = await tab.call('login', uid, authKey);
  assert.deepEqual(device.journal.asked(), [
    `POST ${way.first.admin}/users/${uid}/auth_tokens`,
    `PUT ${way.first.client}/me`,
  ]);
  assert.deepEqual((await harness.tokens(uid)).map((live) => live === authToken), [true]);
}));

test('the user of a login has what was stored of the user', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  const fields = { avatar: 'https://example.com/a.png', link: 'https://example.com/a', metadata: { team: 'red' }, statusMessage: 'Here', tags: ['vip'] };
  const { uid, name } = await harness.newUser(fields);
  const user = await tab.call('login', uid, authKey);
  const { status, role } = user;
  assert.deepEqual({ status, role }, { status: 'online', role: 'default' });
  assert.deepEqual(pick(user, ['uid', 'name', ...Object.keys(fields)]), { uid, name, ...fields });
}));

test('letter case of a uid does not matter', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  const { uid } = await harness.newUser();
  assert.equal((await tab.call('login', uid.toUpperCase(), authKey)).uid, uid);
  assert.equal((await tab.call('getLoggedinUser')).uid, uid);
  await tab.reload();
  assert.equal((await tab.call('getLoggedinUser')).uid, uid);
}));

test('another user may log in without a logout', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  const [first, second] = [await harness.newUser(), await harness.newUser()];
  await tab.call('login', first.uid, authKey);
  assert.equal((await tab.call('login', second.uid, authKey)).uid, second.uid);
  assert.equal((await tab.call('getLoggedinUser')).uid, second.uid);
}));

test('the telemetry some seconds after a login is taken', harness.onDevice(way, async (device) => {
  const tab = await device.tab();
  const { uid } = await harness.newUser();
  const [answer] = await Promise.all([
    tab.page.waitForResponse((response) => response.url().endsWith('/user_sessions')),
    tab.call('login', uid, authKey),
  ]);
  const { sessionId } = answer.request().postDataJSON();
  assert.deepEqual(await answer.json(), { data: { sessionId } });
}));

const pick = (object, names) => Object.fromEntries(names.map((name) => [name, object[name]]));
