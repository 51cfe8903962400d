import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { CometChat, memoryStorage } from '../../dist/index.js';
import { openHarness } from './harness.js';

// What a change at the server may take to reach a page, in milliseconds.
const reachTimeLimit = 5000;

// Longer than the server waits for a user who may come back, so that what flickers has done so.
const graceTime = 4000;

let harness;
before(async () => {
  harness = await openHarness();
});
after(() => harness?.close());

// A page that writes down who comes and goes, and how its own connection is.
async function openPage(device, { subscribe = true } = {}) {
  const page = await device.newPage();
  await page.goto(`${harness.pages.origin}/page/index.html`);
  await initialise(page, subscribe);
  return page;
}

function initialise(page, subscribe = true) {
  const { appId, url } = harness.server;
  return page.evaluate(
    async ([appId, url, subscribe]) => {
      window.seen = [];
      window.states = [];
      const say = (user) => window.seen.push(`${user.getUid()} ${user.getStatus()}`);
      CometChat.addUserListener('test', new CometChat.UserListener({ onUserOnline: say, onUserOffline: say }));
      const note = () => window.states.push(CometChat.getConnectionStatus());
      CometChat.addConnectionListener(
        'test',
        new CometChat.ConnectionListener({ inConnecting: note, onConnected: note, onDisconnected: note }),
      );
      CometChat.addLoginListener(
        'test',
        new CometChat.LoginListener({ logoutSuccess: (reason) => states.push(`out ${reason}`) }),
      );
      const builder = new CometChat.AppSettingsBuilder().setHost(url);
      await CometChat.init(appId, (subscribe ? builder.subscribePresenceForAllUsers() : builder).build());
    },
    [appId, url, subscribe],
  );
}

const login = (page, uid) => page.evaluate(([uid, key]) => CometChat.login(uid, key), [uid, harness.server.authKey]);

const seen = (page) => page.evaluate(() => window.seen);

const reaches = (page, condition, argument) =>
  page.waitForFunction(condition, argument, { timeout: reachTimeLimit, polling: 20 });

const online = (page) => reaches(page, () => CometChat.getConnectionStatus() === 'connected');

const sees = (page, event) => reaches(page, (event) => window.seen.includes(event), event);

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('two pages see each other; a reload does not flicker; a logout is seen', async () => {
  const [annDevice, bobDevice] = [await harness.openDevice(), await harness.openDevice()];
  const [ann, bob] = [await openPage(annDevice), await openPage(bobDevice)];
  await login(ann, 'cometchat-uid-1');
  await online(ann);
  await login(bob, 'cometchat-uid-2');
  await online(bob);
  await sees(ann, 'cometchat-uid-2 online');

  await bob.reload();
  await initialise(bob);
  await online(bob);
  await pause(graceTime);
  assert.deepEqual(await seen(ann), ['cometchat-uid-2 online']);

  await bob.evaluate(() => CometChat.logout());
  await sees(ann, 'cometchat-uid-2 offline');
  assert.deepEqual(await bob.evaluate(() => states), ['connecting', 'connected', 'disconnected', 'out userInitiated']);
  await annDevice.close();
  await bobDevice.close();
});

test('a token that is revoked over REST logs every tab out by itself', async () => {
  const device = await harness.openDevice();
  const tabs = [await openPage(device), await openPage(device)];
  await login(tabs[0], 'cometchat-uid-3');
  for (const tab of tabs) await online(tab);
  await harness.server.rest('DELETE', '/users/cometchat-uid-3/auth_tokens');
  for (const tab of tabs) {
    await reaches(tab, async () => (await CometChat.getLoggedinUser()) === null);
    // Listeners are told after the session has gone.
    await reaches(tab, () => states.some((state) => state.startsWith('out')));
  }
  const reasons = [];
  for (const tab of tabs) {
    const told = (await tab.evaluate(() => states)).filter((state) => state.startsWith('out'));
    assert.equal(told.length, 1, 'each tab hears it once');
    reasons.push(told[0]);
  }
  assert.ok(reasons.includes('out revoked'), String(reasons));
  await device.close();
});

test('each tab has a connection; the user is online until the last one is closed', async () => {
  const [device, watching] = [await harness.openDevice(), await harness.openDevice()];
  const watcher = await openPage(watching);
  await login(watcher, 'cometchat-uid-1');
  await online(watcher);
  const [first, second] = [await openPage(device), await openPage(device)];
  await login(first, 'cometchat-uid-4');
  for (const tab of [first, second]) await online(tab);
  await sees(watcher, 'cometchat-uid-4 online');
  await first.close();
  await pause(graceTime);
  assert.deepEqual(await seen(watcher), ['cometchat-uid-4 online']);
  assert.deepEqual(await seen(second), [], 'the own devices come and go unheard');
  await second.close();
  await sees(watcher, 'cometchat-uid-4 offline');
  await device.close();
  await watching.close();
});

test('a page that subscribes to nobody hears of nobody, and a network that is cut ends no session', async () => {
  const [device, other] = [await harness.openDevice(), await harness.openDevice()];
  const page = await openPage(device, { subscribe: false });
  await login(page, 'cometchat-uid-2');
  await online(page);
  const visitor = await openPage(other);
  await login(visitor, 'cometchat-uid-5');
  await online(visitor);
  // Chromium cuts new connections so, not the one that is there.
  await device.setOffline(true);
  await page.evaluate(() => CometChat.disconnect());
  await page.evaluate(() => void CometChat.connect());
  await reaches(page, () => CometChat.getConnectionStatus() === 'connecting');
  assert.equal(await page.evaluate(async () => (await CometChat.getLoggedinUser()).getUid()), 'cometchat-uid-2');
  await device.setOffline(false);
  await online(page);
  assert.deepEqual(await seen(page), []);
  await device.close();
  await other.close();
});

test('a program on Node is online with the WebSocket that it is given', async (t) => {
  t.after(() => CometChat.close());
  const device = await harness.openDevice();
  const watcher = await openPage(device);
  await login(watcher, 'cometchat-uid-1');
  await online(watcher);
  const { appId, url, authKey } = harness.server;
  const settings = new CometChat.AppSettingsBuilder().setHost(url).setStorage(memoryStorage()).setWebSocket(WebSocket);
  await CometChat.init(appId, settings.build());
  await CometChat.login('cometchat-uid-3', authKey);
  await CometChat.connect();
  assert.equal(CometChat.getConnectionStatus(), 'connected');
  await sees(watcher, 'cometchat-uid-3 online');
  assert.match((await CometChat.getJWT({ room: 7 })).token, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  await harness.server.rest('DELETE', '/users/cometchat-uid-3/auth_tokens');
  const out = new Promise((resolve) => {
    CometChat.addLoginListener('test', new CometChat.LoginListener({ logoutSuccess: resolve }));
  });
  assert.equal(await out, 'revoked');
  await device.close();
});
