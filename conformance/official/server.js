import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const repository = path.resolve(import.meta.dirname, '../..');

const startTimeLimit = 30_000;
const stopTimeLimit = 15_000;
const requestTimeLimit = 10_000;
const keptLogLines = 200;

// What `usher serve --dev` gives its app.
const dev = { appId: 'usher-dev', region: 'us', authKey: 'dev-auth-key', restKey: 'dev-rest-key' };

// startServer runs usher on a free port of this machine, with a database of its own. One that is
// durable finds it again after restart.
export async function startServer({ durable = false } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'usher-official-'));
  const server = new Server(folder, durable);
  try {
    await server.start(process.env.USHER_BIN || build(folder));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

function build(folder) {
  const program = path.join(folder, 'usher');
  execFileSync('go', ['build', '-o', program, './cmd/usher'], { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'] });
  return program;
}

class Server {
  appId = dev.appId;
  region = dev.region;
  authKey = dev.authKey;
  restKey = dev.restKey;

  #folder;
  #durable;
  #program;
  #process;
  #log = [];

  constructor(folder, durable) {
    this.#folder = folder;
    this.#durable = durable;
  }

  async start(program, listen = '127.0.0.1:0') {
    this.#program = path.resolve(program);
    this.#log = [];
    // A flag in the environment of whoever runs the tests is not for this server.
    const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('USHER_')));
    // Port 0: the server takes a free port and says which, so no other program can take it in between.
    const data = this.#durable
      ? ['--app-id', dev.appId, '--region', dev.region, '--auth-key', dev.authKey, '--rest-key', dev.restKey, '--no-rate-limit']
      : ['--dev'];
    const started = spawn(this.#program, ['serve', ...data, '--tls-self-signed', '--listen', listen], {
      cwd: this.#folder,
      env: { ...environment, TMPDIR: this.#folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await once(started, 'spawn');
    this.#process = started;
    // Whatever ends this process, the server must not outlive it.
    process.once('exit', this.#kill);
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => this.#keep(text));
    }
    const deadline = AbortSignal.timeout(startTimeLimit);
    this.url = await this.#announcedURL(deadline);
    this.host = new URL(this.url).host;
    await this.#untilReady(deadline);
  }

  #kill = () => this.#process.kill('SIGKILL');

  #keep(text) {
    this.#log.push(...text.split('\n').filter(Boolean));
    this.#log.splice(0, this.#log.length - keptLogLines);
  }

  // complaints is what the server's log says of defects: the cause of an ERR_EXCEPTION stands nowhere else.
  complaints() {
    return this.#log.filter((line) => /level=ERROR/.test(line));
  }

  #failure(what) {
    return new Error(`usher ${what}\n${this.#log.join('\n')}`);
  }

  async #announcedURL(deadline) {
    for (;;) {
      const announced = this.#log.join('\n').match(/https:\/\/127\.0\.0\.1:\d+/);
      if (announced) return announced[0];
      await this.#pause(deadline, 'did not say where it listens');
    }
  }

  async #untilReady(deadline) {
    for (;;) {
      const answer = await this.request('GET', '/readyz').catch(() => undefined);
      if (answer?.status === 200) return;
      await this.#pause(deadline, 'did not become ready');
    }
  }

  // One step of a poll.
  async #pause(deadline, complaint) {
    if (deadline.aborted) throw this.#failure(complaint);
    if (this.#process.exitCode !== null) throw this.#failure(`ended with status ${this.#process.exitCode}`);
    await delay(20);
  }

  // request is one HTTP request; it gives the status and the JSON of the answer.
  async request(method, target, { headers = {}, body } = {}) {
    const request = https.request(this.url + target, {
      method,
      headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
      // The certificate is made at each start; nothing but this machine's own loopback is reached.
      rejectUnauthorized: false,
      agent: false,
      signal: AbortSignal.timeout(requestTimeLimit),
    });
    request.end(body && JSON.stringify(body));
    const [response] = await once(request, 'response');
    const text = (await response.setEncoding('utf8').toArray()).join('');
    return { status: response.statusCode, body: JSON.parse(text) };
  }

  // rest is what a back end does: a call with the REST key. It gives the data of the answer.
  async rest(method, target, body) {
    const answer = await this.request(method, `/v3${target}`, { headers: { appid: this.appId, apikey: this.restKey }, body });
    if (!('data' in answer.body)) {
      throw new Error(`REST: ${method} ${target} was answered with ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body.data;
  }

  // restart kills the server and starts it again, as an operating system that is out of memory would.
  async restart() {
    process.removeListener('exit', this.#kill);
    const ended = once(this.#process, 'exit');
    this.#kill();
    await ended;
    await this.start(this.#program, this.host);
  }

  async stop() {
    if (this.#process) {
      process.removeListener('exit', this.#kill);
      if (this.#process.exitCode === null && this.#process.signalCode === null) {
        const ended = once(this.#process, 'exit');
        this.#process.kill('SIGTERM');
        const killer = setTimeout(this.#kill, stopTimeLimit);
        await ended;
        clearTimeout(killer);
      }
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
