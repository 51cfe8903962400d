import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openHarness } from './harness.js';

// What a change in one tab may take to reach another, in milliseconds.
const reachTimeLimit = 1000;

let harness;
before(async () => {
  harness = await openHarness();
});
after(() => harness?.close());

async function openTab(device, { withoutChannel = false } = {}) {
  const tab = await device.newPage();
  if (withoutChannel) await tab.addInitScript(() => delete globalThis.BroadcastChannel);
  await tab.goto(`${harness.pages.origin}/page/index.html`);
  const { appId, url } = harness.server;
  const { success } = await tab.evaluate((settings) => CometChatCalls.init(settings), { appId, host: url });
  assert.equal(success, true);
  return tab;
}

const login = (tab, uid) => tab.evaluate(([uid, key]) => CometChatCalls.login(uid, key), [uid, harness.server.authKey]);
const uidOf = (tab) => tab.evaluate(() => CometChatCalls.getLoggedInUser()?.uid ?? null);
const tokenOf = (tab) => tab.evaluate(() => CometChatCalls.getUserAuthToken());
const heard = (tab) => tab.evaluate(() => window.heard);

async function hears(tab, ...events) {
  const expected = events.join(', ');
  await tab
    .waitForFunction((expected) => window.heard.join(', ') === expected, expected, {
      timeout: reachTimeLimit,
      polling: 20,
    })
    .catch(async () => assert.equal((await heard(tab)).join(', '), expected));
}

for (const [way, options] of [
  ['BroadcastChannel', {}],
  ['the storage event', { withoutChannel: true }],
]) {
  test(`login, switch, logout and a verdict reach another tab by ${way}, each once`, async () => {
    const device = await harness.openDevice();
    const [acting, other] = [await openTab(device, options), await openTab(device, options)];
    const requests = [];
    other.on('request', (request) => requests.push(request.url()));

    await login(acting, 'cometchat-uid-1');
    await hears(other, 'in cometchat-uid-1');
    assert.equal(await tokenOf(other), await tokenOf(acting));

    await login(acting, 'cometchat-uid-2');
    await hears(other, 'in cometchat-uid-1', 'in cometchat-uid-2');

    await acting.evaluate(() => CometChatCalls.logout());
    await hears(other, 'in cometchat-uid-1', 'in cometchat-uid-2', 'out elsewhere');
    assert.equal(await uidOf(other), null);

    await login(acting, 'cometchat-uid-3');
    const token = await tokenOf(acting);
    await harness.server.rest('DELETE', `/users/cometchat-uid-3/auth_tokens/${token}`);
    const code = await acting.evaluate(() => CometChatCalls.checkSession().catch((error) => error.errorCode));
    assert.equal(code, 'AUTH_ERR_AUTH_TOKEN_NOT_FOUND');
    const all = ['in cometchat-uid-1', 'in cometchat-uid-2', 'out elsewhere', 'in cometchat-uid-3', 'out elsewhere'];
    await hears(other, ...all);
    const own = ['in cometchat-uid-1', 'in cometchat-uid-2', 'out userInitiated', 'in cometchat-uid-3', 'out revoked'];
    await hears(acting, ...own);
    assert.deepEqual(requests, [], 'the tab that follows asks no server');
    await device.close();
  });
}

test('a session outlives a reload, and a tab that is closed ends nothing', async () => {
  const device = await harness.openDevice();
  const [first, second] = [await openTab(device), await openTab(device)];
  await login(first, 'cometchat-uid-4');
  await hears(second, 'in cometchat-uid-4');
  await first.close();
  assert.equal(await uidOf(second), 'cometchat-uid-4');
  const third = await openTab(device);
  assert.equal(await uidOf(third), 'cometchat-uid-4');
  assert.deepEqual(await heard(third), []);
  await device.close();
});

test('tabs that log in and out at the same time end agreed with each other and the storage', async () => {
  const device = await harness.openDevice();
  const tabs = [await openTab(device), await openTab(device), await openTab(device)];
  for (let round = 0; round < 5; round++) {
    await Promise.all([
      login(tabs[0], 'cometchat-uid-1'),
      login(tabs[1], 'cometchat-uid-2'),
      tabs[2].evaluate(() => CometChatCalls.logout().catch(() => {})),
    ]);
    // What is stored is the judge; each tab must come to it.
    for (const tab of tabs) {
      await tab.waitForFunction(
        () => {
          const key = Object.keys(localStorage).find((name) => name.endsWith('/session'));
          const stored = key ? JSON.parse(localStorage[key]).authToken : '';
          return stored === CometChatCalls.getUserAuthToken();
        },
        null,
        { timeout: reachTimeLimit, polling: 20 },
      );
    }
    const tokens = await Promise.all(tabs.map(tokenOf));
    assert.equal(new Set(tokens).size, 1);
  }
  await device.close();
});

test('the two SDKs of one page stand on the same session', async () => {
  const device = await harness.openDevice();
  const tab = await openTab(device);
  const { appId, url } = harness.server;
  await tab.evaluate(
    ([appId, host]) => CometChat.init(appId, new CometChat.AppSettingsBuilder().setHost(host).build()),
    [appId, url],
  );
  await login(tab, 'cometchat-uid-5');
  await tab.waitForFunction(async () => (await CometChat.getLoggedinUser())?.getUid() === 'cometchat-uid-5');
  await device.close();
});

test('the session storage keeps a session to its tab', async () => {
  const device = await harness.openDevice();
  const [first, second] = [await openTab(device), await openTab(device)];
  const { appId, url, authKey } = harness.server;
  await first.evaluate(
    async ([appId, host, key]) => {
      await CometChatCalls.init({ appId, host, storageMode: 'session' });
      await CometChatCalls.login('cometchat-uid-1', key);
    },
    [appId, url, authKey],
  );
  assert.equal(await uidOf(second), null);
  assert.equal(await first.evaluate(() => Object.keys(localStorage).some((name) => name.endsWith('/session'))), false);
  await first.reload();
  const restored = await first.evaluate(
    async ([appId, host]) => {
      await CometChatCalls.init({ appId, host, storageMode: 'session' });
      return CometChatCalls.getLoggedInUser()?.uid;
    },
    [appId, url],
  );
  assert.equal(restored, 'cometchat-uid-1');
  await device.close();
});
