import { App, waitTimeLimit } from './app.js';
import { Journal } from './journal.js';

// Device is a browser with storage of its own; its tabs share it.
export class Device {
  // The error codes that the test provoked on purpose.
  refusals = [];
  // Whether the test took the server away, so that the browser complains of sockets that it can't open.
  serverWasAway = false;

  constructor(context, client, { pageOrigin, way, app }) {
    this.context = context;
    this.way = way;
    this.journal = followed(context, pageOrigin);
    this.address = `${pageOrigin}/${client.folder}/?${new URLSearchParams({ ...app, ...way.overrides })}`;
    context.setDefaultTimeout(waitTimeLimit);
  }

  // tab opens the page and starts the app on it.
  async tab() {
    const tab = new Tab(this, await this.context.newPage());
    await tab.page.goto(this.address);
    await tab.started();
    return tab;
  }

  // app is the one app of a device on which nothing else runs.
  app() {
    return this.tab();
  }

  close() {
    return this.context.close();
  }
}

// What a page loads is no call of the API: its own files, and the font and the media code that the calls
// SDK would have from the vendor and does without here.
const loaded = ['document', 'script', 'stylesheet', 'font'];

// followed gives a journal that is told what a browser context does.
function followed(context, pageOrigin) {
  const journal = new Journal(pageOrigin);
  const exchanges = new Map();
  context.on('request', (request) => {
    if (loaded.includes(request.resourceType())) return;
    const asked = { method: request.method(), url: request.url(), headers: request.headers(), body: request.postData() };
    exchanges.set(request, journal.asks(asked));
  });
  context.on('response', (response) => {
    exchanges.get(response.request())?.answered(response.status(), response.headers(), response.text());
  });
  context.on('requestfailed', (request) => exchanges.get(request)?.failed(request.failure()?.errorText));
  context.on('console', (message) => {
    if (message.type() === 'error') journal.complains(message.text());
  });
  context.on('weberror', (error) => journal.complains(`uncaught: ${error.error().message ?? error.error()}`));
  context.on('page', (page) => page.on('websocket', (socket) => journal.opens(socket.url())));
  return journal;
}

// Tab is a page with the SDK.
class Tab extends App {
  #device;

  constructor(device, page) {
    super(device.refusals);
    this.#device = device;
    this.page = page;
  }

  run(f, argument) {
    return this.page.evaluate(`(${f})(window.app, ${JSON.stringify(argument)})`);
  }

  until(f, argument, expected) {
    return this.page.waitForFunction(`(${f})(window.app, ${JSON.stringify(argument)}) === ${JSON.stringify(expected)}`).then(
      () => true,
      () => false,
    );
  }

  async reload() {
    await this.#device.journal.read();
    await this.page.reload();
    await this.started();
  }

  // crash ends the page as a crash of its process does: without a word.
  async crash() {
    const crashed = this.page.waitForEvent('crash');
    await this.page.goto('chrome://crash').catch(() => undefined);
    await crashed;
  }

  // inBackground and inForeground are what the system tells a mobile app that runs in this page.
  inBackground() {
    return this.page.evaluate(() => window.platform.activate(false));
  }

  inForeground() {
    return this.page.evaluate(() => window.platform.activate(true));
  }

  // stored is an object that the SDK keeps in the browser, as JSON in JSON, under a key of its own.
  stored(key) {
    return this.page.evaluate((key) => {
      const found = Object.keys(localStorage).find((name) => name.endsWith(`/${key}`));
      return found ? JSON.parse(JSON.parse(localStorage[found])) : null;
    }, key);
  }

  // behind puts this tab behind another one, without the focus. Playwright makes every page believe
  // that it has the focus, and the SDK follows other tabs only without.
  async behind(front) {
    const session = await this.#device.context.newCDPSession(this.page);
    // Only a change takes effect.
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: true });
    await session.send('Emulation.setFocusEmulationEnabled', { enabled: false });
    await front.page.bringToFront();
    await this.page.waitForFunction(() => !document.hasFocus());
  }
}
