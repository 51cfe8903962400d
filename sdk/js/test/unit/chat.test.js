import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CometChat } from '../../dist/index.js';
import { codeOf, FakeServer, json, raw, refusal, settingsFor, unreachable } from './fake.js';

async function start() {
  const server = new FakeServer();
  const { appId, ...settings } = settingsFor(server);
  await CometChat.init(appId, settings);
  return server;
}

test('the builder keeps what it is given', () => {
  const settings = new CometChat.AppSettingsBuilder()
    .subscribePresenceForRoles(['crew'])
    .setRegion('EU')
    .autoEstablishSocketConnection(false)
    .enableAutoJoinForGroups(false)
    .overrideAdminHost('admin.example.com')
    .overrideClientHost('client.example.com')
    .setStorageMode(CometChat.StorageMode.SESSION)
    .setHost('http://127.0.0.1:8080')
    .build();
  assert.deepEqual(settings, {
    subscriptionType: 'ROLES',
    roles: ['crew'],
    region: 'EU',
    establishSocketConnection: false,
    autoJoinGroup: false,
    adminHost: 'admin.example.com',
    clientHost: 'client.example.com',
    storageMode: 'session',
    host: 'http://127.0.0.1:8080',
  });
});

test('requests go to the documented hosts, or to the overrides', async () => {
  for (const [change, key, token] of [
    [
      (builder) => builder.setRegion('EU'),
      'https://app-1.api-eu.cometchat.io/v3.0',
      'https://app-1.apiclient-eu.cometchat.io/v3.0',
    ],
    [
      (builder) =>
        builder
          .setRegion('us')
          .overrideAdminHost('admin.example.com:8443/v3.0')
          .overrideClientHost('client.example.com'),
      'https://admin.example.com:8443/v3.0',
      'https://client.example.com',
    ],
  ]) {
    const urls = [];
    const fetch = async (url) => {
      urls.push(url);
      return json({ data: { uid: 'ann', name: 'Ann', authToken: 'ann_1' } });
    };
    const { storage } = settingsFor(new FakeServer());
    const settings = change(new CometChat.AppSettingsBuilder().setStorage(storage)).build();
    await CometChat.init('app-1', { ...settings, fetch });
    await CometChat.login('ann', 'key');
    assert.deepEqual(urls, [`${key}/users/ann/auth_tokens`, `${token}/me`]);
  }
});

test('init rejects', async () => {
  assert.equal(await codeOf(CometChat.init('', {})), 'MISSING_PARAMETERS');
  assert.equal(await codeOf(CometChat.init()), 'MISSING_PARAMETERS');
  assert.equal(await codeOf(CometChat.init('app-1', { host: 'ftp://x' })), 'ERROR_INVALID_SETTINGS');
  assert.equal(CometChat.isInitialized(), false);
  assert.equal(await codeOf(CometChat.login('ann', 'key')), 'COMETCHAT_INITIALIZATION_NOT_DONE');
  assert.equal(
    await codeOf(CometChat.createUser(new CometChat.User('ann'), 'key')),
    'COMETCHAT_INITIALIZATION_NOT_DONE',
  );
  assert.equal(await CometChat.getLoggedinUser(), null);
});

test('login in both forms', async () => {
  const server = await start();
  const user = await CometChat.login('ann', 'key');
  assert.ok(user instanceof CometChat.User);
  assert.equal(user.getUid(), 'ann');
  assert.equal(user.getStatus(), 'online');
  assert.equal(user.getAuthToken(), 'ann_1');
  assert.equal((await CometChat.getLoggedInUser()).getName(), 'ANN');
  assert.deepEqual(await CometChat.logout(), { success: true, message: 'Goodbye.' });
  assert.equal(await CometChat.getLoggedinUser(), null);
  assert.equal((await CometChat.login(server.issue('bob'))).getUid(), 'bob');
});

test('the codes are those of the Chat SDK', async () => {
  const server = await start();
  for (const [credentials, code] of [
    [[], 'MISSING_PARAMETERS'],
    [[''], 'MISSING_PARAMETERS'],
    [[null], 'MISSING_PARAMETERS'],
    [[{}], 'MISSING_PARAMETERS'],
    [['', 'key'], 'MISSING_PARAMETERS'],
    [['ann', ''], 'MISSING_PARAMETERS'],
    [['ann', undefined], 'MISSING_PARAMETERS'],
    [['a b', 'key'], 'INVALID_UID'],
    [['ann', 'k k'], 'AUTH_ERR_APIKEY_NOT_FOUND'],
    [['ann', 'wrong'], 'AUTH_ERR_APIKEY_NOT_FOUND'],
    [['a b'], 'AUTH_ERR_AUTH_TOKEN_NOT_FOUND'],
    [['wrong'], 'AUTH_ERR_AUTH_TOKEN_NOT_FOUND'],
    [['nobody', 'key'], 'ERR_UID_NOT_FOUND'],
  ]) {
    const error = await CometChat.login(...credentials).catch((error) => error);
    assert.ok(error instanceof CometChat.CometChatException);
    assert.equal(error.code, code, JSON.stringify(credentials));
    assert.ok(error.message);
  }
  assert.equal(await codeOf(CometChat.logout()), 'USER_NOT_LOGGED_IN');
  for (const spoil of [unreachable, raw(200, '<html>')]) {
    server.spoil = spoil;
    assert.equal(await codeOf(CometChat.login('ann', 'key')), 'FAILED_TO_FETCH');
  }
});

test('users are created and updated, and the session stays', async () => {
  const server = await start();
  await CometChat.login('ann', 'key');
  const bodies = [];
  server.spoil = (line, { body }) => {
    if (!line.includes('/users')) return undefined;
    bodies.push([line, JSON.parse(body)]);
    return { data: { ...JSON.parse(body), role: 'default', authToken: 'someone-elses' } };
  };
  const user = new CometChat.User('kevin');
  user.setName('Kevin');
  user.setMetadata({ team: 'blue' });
  user.setAuthToken('never sent');
  const created = await CometChat.createUser(user, 'key');
  assert.equal(created.getRole(), 'default');
  assert.equal(created.getAuthToken(), undefined);
  await CometChat.updateUser(user, 'key');
  const body = {
    uid: 'kevin',
    name: 'Kevin',
    metadata: { team: 'blue' },
    deactivatedAt: 0,
    hasBlockedMe: false,
    blockedByMe: false,
  };
  assert.deepEqual(bodies, [
    ['POST /users key', body],
    ['PUT /users/kevin key', body],
  ]);
  assert.equal((await CometChat.getLoggedinUser()).getUid(), 'ann');
  assert.equal(CometChat.getUserAuthToken(), 'ann_1');
});

test('users that cannot be', async () => {
  const server = await start();
  for (const user of [undefined, null, {}, new CometChat.User(), new CometChat.User('')]) {
    assert.equal(await codeOf(CometChat.createUser(user, 'key')), 'MISSING_PARAMETERS');
  }
  assert.equal(await codeOf(CometChat.createUser(new CometChat.User('a b'), 'key')), 'INVALID_UID');
  assert.equal(await codeOf(CometChat.createUser(new CometChat.User('ann'), '')), 'MISSING_PARAMETERS');
  assert.deepEqual(server.asked, []);
  server.spoil = () => json(refusal('ERR_UID_ALREADY_EXISTS', 'Taken.'), 400);
  const error = await CometChat.createUser(new CometChat.User('ann'), 'key').catch((error) => error);
  assert.equal(error.code, 'ERR_UID_ALREADY_EXISTS');
  assert.equal(error.message, 'Taken.');
});

test('a JWT is that of the login, or a new one that holds what is passed through', async () => {
  const server = await start();
  server.jwtOf = () => 'header.payload.signature';
  assert.equal(await codeOf(CometChat.getJWT()), 'USER_NOT_LOGGED_IN');
  assert.equal(CometChat.getUserJWT(), '');
  await CometChat.login('ann', 'key');
  assert.equal(CometChat.getUserJWT(), 'header.payload.signature');
  let body;
  server.spoil = (line, init) => {
    if (line !== 'POST /me/jwt ann_1') return undefined;
    body = init.body;
    return { data: { token: 'another' } };
  };
  assert.deepEqual(await CometChat.getJWT({ room: 7 }), { token: 'another' });
  assert.equal(body, '{"passthrough":{"room":7}}');
  server.spoil = () => ({ data: { token: 7 } });
  assert.equal(await codeOf(CometChat.getJWT()), 'FAILED_TO_FETCH');
  assert.equal((await CometChat.getLoggedinUser()).getUid(), 'ann');
  server.spoil = () => refusal('AUTH_ERR_AUTH_TOKEN_NOT_FOUND');
  assert.equal(await codeOf(CometChat.getJWT()), 'AUTH_ERR_AUTH_TOKEN_NOT_FOUND');
  assert.equal(await CometChat.getLoggedinUser(), null);
});
