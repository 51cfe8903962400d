import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { App, waitTimeLimit } from './app.js';
import { Journal } from './journal.js';
import { network } from './network.js';
import { ReactNative } from './platforms/react-native.js';

const scripts = ['answers.js', 'chat.js'].map((name) => path.join(import.meta.dirname, 'page', name));

// Phone is a phone with one app on React Native, which finds its storage again when it is started again.
export class Phone {
  // The error codes that the test provoked on purpose.
  refusals = [];

  #server;
  #client;
  #configuration;
  #storage = new Map();
  #running;

  constructor(server, client, { way, app }) {
    this.#server = server;
    this.#client = client;
    this.#configuration = { ...app, ...way.overrides };
    this.way = way;
    this.journal = new Journal();
  }

  // app starts the app.
  async app() {
    await this.close();
    const reached = network(this.#server, this.journal);
    const platform = new ReactNative({ storage: this.#storage, network: reached, complain: (text) => this.journal.complains(text) });
    this.#running = { platform, reached };
    platform.globals.CometChat = platform.require(readFileSync(this.#client.file, 'utf8'), this.#client.file).CometChat;
    platform.globals.configuration = this.#configuration;
    for (const script of scripts) platform.script(readFileSync(script, 'utf8'), script);
    const app = new MobileApp(this, platform);
    await app.started();
    return app;
  }

  // close ends the app, as a system does that needs its memory.
  async close() {
    this.#running?.platform.kill();
    await this.#running?.reached.end();
  }
}

class MobileApp extends App {
  #phone;
  #platform;

  constructor(phone, platform) {
    super(phone.refusals);
    this.#phone = phone;
    this.#platform = platform;
  }

  // What comes out of the app's realm is copied: its objects are of other classes than the test's.
  async run(f, argument) {
    const value = await f(this.#platform.globals.app, argument);
    return value === undefined ? value : structuredClone(value);
  }

  async until(f, argument, expected) {
    const deadline = Date.now() + waitTimeLimit;
    while ((await this.run(f, argument)) !== expected) {
      if (Date.now() > deadline) return false;
      await delay(20);
    }
    return true;
  }

  // reload starts the app again, and this becomes the handle of the new one.
  async reload() {
    this.#platform = (await this.#phone.app()).#platform;
  }

  inBackground() {
    return this.#platform.becomes('background');
  }

  inForeground() {
    return this.#platform.becomes('active');
  }
}
