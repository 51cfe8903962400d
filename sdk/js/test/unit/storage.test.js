import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { Client } from '../../dist/core/client.js';
import { CometChatCalls } from '../../dist/index.js';
import { fileStorage } from '../../dist/node/index.js';
import { codeOf, FakeServer, never, settingsFor, until } from './fake.js';

// A storage whose texts a test can see, and whose operations can be made to fail.
function openStorage({ async = false } = {}) {
  const texts = new Map([['of another', 'untouched']]);
  const failing = new Set();
  const operation =
    (name, run) =>
    (...parameters) => {
      const step = () => {
        if (failing.has(name)) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
        return run(...parameters);
      };
      return async ? new Promise((resolve) => setImmediate(resolve)).then(step) : step();
    };
  return {
    texts,
    failing,
    getItem: operation('load', (key) => texts.get(key) ?? null),
    setItem: operation('save', (key, text) => void texts.set(key, text)),
    removeItem: operation('remove', (key) => void texts.delete(key)),
    session: () => [...texts.keys()].find((key) => key.endsWith('/session')),
  };
}

const init = (server, storage, changes) => CometChatCalls.init(settingsFor(server, { storage, ...changes }));

for (const async of [false, true]) {
  const kind = async ? 'asynchronous' : 'synchronous';

  test(`a session outlives the program, without a request (${kind})`, async () => {
    const [server, storage] = [new FakeServer(), openStorage({ async })];
    await init(server, storage);
    const user = await CometChatCalls.login('ann', 'key');
    server.spoil = never;
    server.asked.length = 0;
    await init(server, storage);
    assert.deepEqual(CometChatCalls.getLoggedInUser(), user);
    assert.deepEqual(server.asked, []);
    await CometChatCalls.logout();
    await init(server, storage);
    assert.equal(CometChatCalls.isUserLoggedIn(), false);
    assert.equal(storage.texts.get('of another'), 'untouched');
  });

  test(`a full storage fails a login and leaves everything as it was (${kind})`, async () => {
    const [server, storage] = [new FakeServer(), openStorage({ async })];
    await init(server, storage);
    await CometChatCalls.login('ann', 'key');
    const before = new Map(storage.texts);
    storage.failing.add('save');
    assert.equal(await codeOf(CometChatCalls.login('bob', 'key')), 'ERROR_STORAGE');
    assert.equal(CometChatCalls.getLoggedInUser().uid, 'ann');
    assert.deepEqual(storage.texts, before);
    await until(() => ![...server.tokens.values()].includes('bob'));
  });

  test(`a storage that cannot remove fails a logout, and nobody is in (${kind})`, async () => {
    const [server, storage] = [new FakeServer(), openStorage({ async })];
    await init(server, storage);
    await CometChatCalls.login('ann', 'key');
    storage.failing.add('remove');
    assert.equal(await codeOf(CometChatCalls.logout()), 'ERROR_STORAGE');
    assert.equal(CometChatCalls.isUserLoggedIn(), false);
    assert.equal(server.tokens.size, 0);
  });

  test(`a storage that cannot be read fails init, and no getter (${kind})`, async () => {
    const storage = openStorage({ async });
    storage.failing.add('load');
    const { success, error } = await init(new FakeServer(), storage);
    assert.equal(success, false);
    assert.equal(error.errorCode, 'ERROR_STORAGE');
    assert.equal(CometChatCalls.getLoggedInUser(), null);
    assert.equal(CometChatCalls.getUserAuthToken(), '');
  });
}

const corrupt = {
  garbage: '\u0000\uffff{',
  empty: '',
  'cut off': '{"format":1,"user":{"uid":"ann"',
  'another shape': '[1,2]',
  null: 'null',
  'another version': '{"format":2,"user":{"uid":"ann"},"authToken":"ann_1"}',
  'no version': '{"user":{"uid":"ann"},"authToken":"ann_1"}',
  'no uid': '{"format":1,"user":{},"authToken":"ann_1"}',
  'no token': '{"format":1,"user":{"uid":"ann"}}',
  'a token with a space': '{"format":1,"user":{"uid":"ann"},"authToken":"a b"}',
};

for (const [what, text] of Object.entries(corrupt)) {
  test(`a stored session that is corrupt counts as none: ${what}`, async () => {
    const [server, storage, warnings] = [new FakeServer(), openStorage(), []];
    await init(server, storage);
    await CometChatCalls.login('ann', 'key');
    storage.texts.set(storage.session(), text);
    const { success } = await init(server, storage, { onWarning: (message) => warnings.push(message) });
    assert.equal(success, true);
    assert.equal(CometChatCalls.isUserLoggedIn(), false);
    assert.equal(warnings.length, 1);
    await CometChatCalls.login('ann', 'key');
    await init(server, storage);
    assert.equal(CometChatCalls.getLoggedInUser().uid, 'ann');
  });
}

test('a list of revocations that is corrupt counts as empty', async () => {
  const [server, storage] = [new FakeServer(), openStorage()];
  for (const text of ['{', '[]', '{"format":1,"tokens":7}', '{"format":9,"tokens":["t"]}']) {
    storage.texts.set('usher/app-1@http://usher.test/revocations', text);
    assert.equal((await init(server, storage)).success, true);
    assert.equal((await CometChatCalls.login('ann', 'key')).uid, 'ann');
    await CometChatCalls.logout();
  }
});

test('apps and servers in one storage do not see each other', async () => {
  const [server, storage] = [new FakeServer(), openStorage()];
  await init(server, storage);
  await CometChatCalls.login('ann', 'key');
  await init(server, storage, { appId: 'app-2' });
  assert.equal(CometChatCalls.isUserLoggedIn(), false);
  await init(server, storage, { host: 'http://other.test' });
  assert.equal(CometChatCalls.isUserLoggedIn(), false);
  await init(server, storage);
  assert.equal(CometChatCalls.getLoggedInUser().uid, 'ann');
});

test('a logout that was cut off is finished at the next start', async () => {
  const [server, storage] = [new FakeServer(), openStorage()];
  await init(server, storage);
  await CometChatCalls.login('ann', 'key');
  const tokens = JSON.stringify({ format: 1, tokens: ['ann_1'] });
  storage.texts.set('usher/app-1@http://usher.test/revocations', tokens);
  await init(server, storage);
  assert.equal(CometChatCalls.isUserLoggedIn(), false);
  assert.equal(storage.session(), undefined);
  await until(() => server.tokens.size === 0);
});

test('files are for their owner only, and followed by other clients of the folder', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'usher-js-'));
  const server = new FakeServer();
  const heard = [];
  const open = (name) =>
    Client.open({
      ...settingsFor(server, { storage: fileStorage(path.join(folder, 'sessions')) }),
      warn: () => {},
      tell: ({ type }) => heard.push(`${name} ${type}`),
    });
  const [one, other] = [await open('one'), await open('other')];
  try {
    await one.login('ann', 'key');
    await until(() => other.session?.user.uid === 'ann');
    for (const file of readdirSync(path.join(folder, 'sessions'))) {
      assert.equal(statSync(path.join(folder, 'sessions', file)).mode & 0o777, 0o600, file);
    }
    await other.logout();
    await until(() => one.session === undefined);
    assert.deepEqual(heard, ['one loginSuccess', 'other loginSuccess', 'other logoutSuccess', 'one logoutSuccess']);
  } finally {
    one.close();
    other.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

// An asynchronous storage whose operations wait for `release`, and of which a test can say that it changed.
function openSlowStorage() {
  const storage = openStorage();
  const [waiting, watches] = [[], []];
  const slow =
    (run) =>
    (...parameters) =>
      new Promise((resolve) => waiting.push(() => resolve(run(...parameters))));
  const ticks = () => new Promise((resolve) => setImmediate(resolve));
  const release = async () => {
    for (; waiting.length > 0; await ticks()) waiting.shift()();
  };
  return {
    texts: storage.texts,
    getItem: slow(storage.getItem),
    setItem: slow(storage.setItem),
    removeItem: slow(storage.removeItem),
    watch: (_, changed) => {
      watches.push(changed);
      return { tell: () => {}, stop: () => {} };
    },
    changed: () => watches.forEach((changed) => void changed()),
    one: async () => {
      waiting.shift()?.();
      await ticks();
    },
    release,
    // Lets everything happen until the call settles.
    during: async (call) => {
      let settled = false;
      call.then(
        () => (settled = true),
        () => (settled = true),
      );
      while (!settled) {
        await ticks();
        await release();
      }
      return call;
    },
  };
}

async function openSlowly(storage, heard = []) {
  const server = new FakeServer();
  const tell = (event) => heard.push(event.type);
  return Client.open({ ...settingsFor(server, { storage }), warn: () => {}, tell });
}

test('what a slow storage answers late brings nobody back after a logout', async () => {
  const [storage, heard] = [openSlowStorage(), []];
  const client = await storage.during(openSlowly(storage, heard));
  await storage.during(client.login('ann', 'key'));
  storage.changed();
  const out = client.logout();
  await storage.during(out);
  await storage.release();
  assert.equal(client.session, undefined);
  assert.deepEqual(heard, ['loginSuccess', 'logoutSuccess']);
});

test('a login is told once, even when a slow storage says that it changed meanwhile', async () => {
  const [storage, heard] = [openSlowStorage(), []];
  const client = await storage.during(openSlowly(storage, heard));
  const login = client.login('ann', 'key');
  for (let step = 0; step < 20; step++) {
    storage.changed();
    await storage.one();
  }
  await storage.during(login);
  await storage.release();
  assert.equal(client.session.user.uid, 'ann');
  assert.deepEqual(heard, ['loginSuccess']);
});

test('a change of another process while a client opens is heard of', async () => {
  const storage = openSlowStorage();
  const first = await storage.during(openSlowly(storage));
  await storage.during(first.login('ann', 'key'));
  const key = [...storage.texts.keys()].find((name) => name.endsWith('/session'));
  const opening = openSlowly(storage);
  // The device and the session are read, the list of revocations is not.
  await storage.one();
  await storage.one();
  storage.texts.delete(key);
  storage.changed();
  const second = await storage.during(opening);
  await storage.release();
  assert.equal(second.session, undefined);
});
