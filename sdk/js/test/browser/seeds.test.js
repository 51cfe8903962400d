// Every code sample of seeds 001 and 004, unchanged but for the credentials, does what its text says.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { transform } from 'esbuild';
import { openHarness } from './harness.js';
import { startServer } from './server.js';

const folder = path.resolve(import.meta.dirname, '../seeds');
const sampleUser = 'cometchat-uid-1';
const consoleTimeLimit = 5000;

let harness;
before(async () => {
  harness = await openHarness({ withServer: false });
});
after(() => harness?.close());

// A page whose SDKs are initialised, as the samples take for granted, at a server that no other sample has touched.
async function openPage() {
  const server = await startServer();
  const device = await harness.openDevice();
  const page = await device.newPage();
  const said = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto(`${harness.pages.origin}/page/index.html`);
  await page.evaluate(
    async ([appId, host]) => {
      await CometChatCalls.init({ appId, host });
      await CometChat.init(appId, new CometChat.AppSettingsBuilder().setHost(host).build());
    },
    [server.appId, server.url],
  );
  return {
    page,
    said,
    server,
    async run(name, credentials = {}) {
      said.length = 0;
      const { authToken = '', key = server.authKey } = credentials;
      await page.evaluate(`(async () => {\n${await readSample(name, { key, authToken })}\n})()`);
    },
    async says(beginning) {
      const found = () => said.find((text) => text.startsWith(beginning));
      const deadline = Date.now() + consoleTimeLimit;
      while (!found() && Date.now() < deadline) await page.evaluate(() => new Promise(requestAnimationFrame));
      assert.ok(found(), `the console was to say ${beginning}, and said ${JSON.stringify(said)}`);
      return found();
    },
    token: async (uid) => (await server.rest('POST', `/users/${uid}/auth_tokens`, { force: true })).authToken,
    uid: () => page.evaluate(async () => (await CometChat.getLoggedinUser())?.getUid() ?? null),
    async login(surface) {
      const login = surface === 'chat' ? 'CometChat.login' : 'CometChatCalls.login';
      await page.evaluate(`${login}(${JSON.stringify(sampleUser)}, ${JSON.stringify(server.authKey)})`);
    },
    async close() {
      await device.close();
      await server.stop();
    },
  };
}

async function readSample(name, { key, authToken }) {
  const text = readFileSync(path.join(folder, name), 'utf8');
  const sample = text
    .replace('"AUTH_KEY"', JSON.stringify(key))
    .replace('"API_KEY"', JSON.stringify(key))
    .replace('"AUTH_TOKEN"', JSON.stringify(authToken));
  return name.endsWith('.ts') ? (await transform(sample, { loader: 'ts' })).code : sample;
}

const tested = new Set();

function sampleTest(name, run) {
  tested.add(name);
  test(name, async () => {
    const page = await openPage();
    try {
      await run(page, name);
    } finally {
      await page.close();
    }
  });
}

sampleTest('001-check-login-status.js', async (page, name) => {
  await page.run(name);
  assert.deepEqual(page.said, []);
  await page.login('calls');
  await page.run(name);
  await page.says(`User already logged in: ${sampleUser}`);
});

sampleTest('001-login-with-uid.js', async (page, name) => {
  await page.run(name, { key: 'no-such-key' });
  await page.says('Login failed: The API key is missing or not a key of this app.');
  await page.run(name);
  await page.says(`Login successful: ${sampleUser}`);
  assert.equal(await page.uid(), sampleUser);
  await page.run(name);
  assert.deepEqual(page.said, []);
});

sampleTest('001-login-with-auth-token.js', async (page, name) => {
  await page.run(name, { authToken: 'no such token' });
  await page.says('Login failed: The auth token contains a space.');
  await page.run(name, { authToken: await page.token(sampleUser) });
  await page.says(`Login successful: ${sampleUser}`);
  assert.equal(await page.uid(), sampleUser);
});

sampleTest('001-check-user-login-status.js', async (page, name) => {
  await page.run(name);
  assert.equal(await page.page.evaluate(() => CometChatCalls.isUserLoggedIn()), false);
  await page.login('calls');
  await page.run(name);
  assert.equal(await page.page.evaluate(() => CometChatCalls.isUserLoggedIn()), true);
});

sampleTest('001-get-user-auth-token.js', async (page, name) => {
  await page.run(name);
  assert.deepEqual(page.said, []);
  await page.login('calls');
  await page.run(name);
  await page.says(`User auth token: ${sampleUser}_`);
});

sampleTest('001-logout.js', async (page, name) => {
  await page.run(name);
  await page.says('Logout failed: Nobody is logged in.');
  await page.login('calls');
  await page.run(name);
  await page.says('Logout successful: Logged out successfully.');
  assert.equal(await page.page.evaluate(() => CometChatCalls.getLoggedInUser()), null);
});

for (const name of ['004-create-user.ts', '004-create-user.js']) {
  sampleTest(name, async (page) => {
    await page.run(name);
    await page.says('User created:');
    assert.equal((await page.server.rest('GET', '/users/user1')).name, 'Kevin');
    assert.equal(await page.uid(), null);
    await page.run(name);
    await page.says('Error: CometChatException');
  });
}

sampleTest('004-existing-session.js', async (page, name) => {
  await page.run(name);
  assert.equal(await page.uid(), null);
  await page.login('chat');
  await page.run(name);
  assert.equal(await page.uid(), sampleUser);
});

for (const name of ['004-login-with-auth-key.ts', '004-login-with-auth-key.js', '004-login-with-auth-key-await.js']) {
  sampleTest(name, async (page) => {
    await page.run(name, { key: 'no-such-key' });
    await page.says('Login failed with exception:');
    await page.run(name);
    await page.says('Login Successful:');
    assert.equal(await page.uid(), sampleUser);
  });
}

for (const name of [
  '004-login-with-auth-token.ts',
  '004-login-with-auth-token.js',
  '004-login-with-auth-token-await.js',
]) {
  sampleTest(name, async (page) => {
    await page.run(name, { authToken: 'no-such-token' });
    await page.says('Login failed with exception:');
    await page.run(name, { authToken: await page.token(sampleUser) });
    await page.says('Login Successful:');
    assert.equal(await page.uid(), sampleUser);
  });
}

for (const name of ['004-logout.ts', '004-logout.js', '004-logout-await.js']) {
  sampleTest(name, async (page) => {
    await page.run(name);
    await page.says('Logout failed with exception:');
    await page.login('chat');
    await page.run(name);
    await page.says('Logout completed successfully');
    assert.equal(await page.uid(), null);
  });
}

for (const name of ['004-add-login-listener.ts', '004-add-login-listener.js']) {
  sampleTest(name, async (page) => {
    await page.run(name);
    await page.login('chat');
    await page.says('LoginListener :: loginSuccess User');
    await page.page.evaluate(() => CometChat.login('no such uid', 'key').catch(() => {}));
    await page.says('LoginListener :: loginFailure CometChatException');
    await page.page.evaluate(() => CometChat.logout());
    await page.says('LoginListener :: logoutSuccess');
    await page.page.evaluate(() => CometChat.logout().catch(() => {}));
    await page.says('LoginListener :: logoutFailure CometChatException');
  });
}

sampleTest('004-remove-login-listener.js', async (page, name) => {
  await page.run('004-add-login-listener.js');
  await page.run(name);
  await page.login('chat');
  assert.deepEqual(page.said, []);
});

test('every sample is tested', () => {
  const samples = readdirSync(folder).filter((name) => /^\d{3}-/.test(name));
  assert.deepEqual(samples.sort(), [...tested].sort());
});
