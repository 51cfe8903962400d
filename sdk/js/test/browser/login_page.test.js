// The two examples together: the page logs in through the back end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { openHarness } from './harness.js';

const examples = path.resolve(import.meta.dirname, '../../../../examples');
const screenshots = process.env.USHER_SCREENSHOTS;

let harness;
let backend;

before(async () => {
  harness = await openHarness();
  backend = await startBackend();
});
after(async () => {
  await backend?.stop();
  await harness?.close();
});

async function startBackend() {
  const { url, appId, restKey } = harness.server;
  const child = spawn(process.execPath, [path.join(examples, 'node-backend/server.js')], {
    env: { PATH: process.env.PATH, USHER_HOST: url, USHER_APP_ID: appId, USHER_REST_KEY: restKey, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line', { signal: AbortSignal.timeout(10_000) });
  return {
    origin: line.match(/http:\/\/127\.0\.0\.1:\d+/)[0],
    stop: async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

async function open(device) {
  const page = await device.newPage();
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 401/.test(message.text())) page.problems.push(message.text());
  });
  await page.goto(`${backend.origin}/`);
  await page.locator('#starting').waitFor({ state: 'hidden' });
  return page;
}

async function logIn(page, name = 'andrew', password = 'let me in') {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

async function shoot(page, name) {
  if (!screenshots) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
}

const focused = (page) => page.evaluate(() => document.activeElement.id);

test('log in, come back, follow in another tab, log out', async () => {
  const device = await harness.openDevice();
  const page = await open(device);
  assert.equal(await focused(page), 'name');
  await logIn(page);
  await page.getByRole('heading', { name: /^Hello, / }).waitFor();
  await page.waitForFunction(() => document.activeElement.id === 'greeting');
  assert.equal(await page.locator('#uid').textContent(), 'cometchat-uid-1');

  const other = await open(device);
  assert.equal(await other.locator('#uid').textContent(), 'cometchat-uid-1');
  await page.getByRole('button', { name: 'Log out' }).click();
  for (const tab of [page, other]) await tab.getByRole('button', { name: 'Log in' }).waitFor();
  await page.waitForFunction(() => document.activeElement.id === 'name');
  assert.deepEqual([page.problems, other.problems], [[], []]);
  await device.close();
});

test('what is missing or wrong is said, and does no harm', async () => {
  const device = await harness.openDevice();
  const page = await open(device);
  const alert = page.getByRole('alert');
  await page.getByRole('button', { name: 'Log in' }).click();
  assert.equal(await alert.textContent(), 'Enter your name.');
  assert.equal(await focused(page), 'name');
  await logIn(page, 'andrew', 'wrong');
  await page.getByText('Name and password do not belong together.').waitFor();
  assert.equal(await focused(page), 'problem');
  await logIn(page);
  await page.getByRole('heading', { name: /^Hello, / }).waitFor();
  assert.deepEqual(page.problems, []);
  await device.close();
});

test('a session that the server has ended', async () => {
  const device = await harness.openDevice();
  const page = await open(device);
  await logIn(page, 'Nancy');
  await page.getByRole('heading', { name: /^Hello, / }).waitFor();
  await harness.server.rest('DELETE', '/users/cometchat-uid-3/auth_tokens');
  await page.getByText('Your login has expired. Please log in again.').waitFor();
  await device.close();
});

test('who else is here', async () => {
  const [device, other] = [await harness.openDevice(), await harness.openDevice()];
  const page = await open(device);
  await logIn(page);
  await page.getByText('Nobody else is here.').waitFor();
  await page.locator('#status', { hasText: 'Online' }).waitFor();
  const visitor = await open(other);
  await logIn(visitor, 'Nancy');
  await page.getByRole('listitem').filter({ hasText: 'Nancy' }).waitFor();
  // Who was here before is on the list, too.
  await visitor.getByRole('listitem').filter({ hasText: 'Andrew' }).waitFor();
  await shoot(page, 'presence');
  await visitor.getByRole('button', { name: 'Log out' }).click();
  await page.getByText('Nobody else is here.').waitFor();
  assert.deepEqual([page.problems, visitor.problems], [[], []]);
  await device.close();
  await other.close();
});

for (const colorScheme of ['light', 'dark']) {
  for (const [width, height] of [
    [360, 640],
    [1024, 720],
  ]) {
    test(`it fits ${width} pixels, ${colorScheme}`, async () => {
      const context = await harness.browser.newContext({ colorScheme, viewport: { width, height } });
      const page = await open(context);
      const fits = () => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
      assert.ok(await fits());
      await shoot(page, `form-${colorScheme}-${width}`);
      await logIn(page, 'andrew', 'wrong');
      await page.getByText('Name and password do not belong together.').waitFor();
      assert.ok(await fits());
      await shoot(page, `problem-${colorScheme}-${width}`);
      await logIn(page);
      await page.getByRole('heading', { name: /^Hello, / }).waitFor();
      assert.ok(await fits());
      await shoot(page, `session-${colorScheme}-${width}`);
      await context.close();
    });
  }
}
