import path from 'node:path';
import { launchChromium } from './chromium.js';
import { servePages } from './pages.js';
import { startServer } from './server.js';

const root = path.resolve(import.meta.dirname, '../..');

const timeLimit = 15_000;

/** What the tests of one file share: a Chromium, the pages, and a server unless each test starts its own. */
export async function openHarness({ withServer = true } = {}) {
  const closers = [];
  try {
    const server = withServer ? await startServer() : undefined;
    if (server) closers.push(() => server.stop());
    const pages = await servePages({
      dist: path.join(root, 'dist'),
      page: path.join(import.meta.dirname, 'page'),
      examples: path.resolve(root, '../../examples'),
    });
    closers.push(() => pages.stop());
    const browser = await launchChromium();
    closers.push(() => browser.close());
    return { server, pages, browser, close: () => closeAll(closers), openDevice: () => openDevice(browser) };
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

async function closeAll(closers) {
  for (const close of closers.reverse()) await close();
}

// A browser profile of its own; its pages share a storage.
async function openDevice(browser) {
  const context = await browser.newContext();
  context.setDefaultTimeout(timeLimit);
  return context;
}
