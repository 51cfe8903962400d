import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const repository = path.resolve(import.meta.dirname, '../../../..');
const startTimeLimit = 30_000;
const stopTimeLimit = 15_000;

/** What `usher serve --dev` gives its app. */
export const dev = { appId: 'usher-dev', region: 'us', authKey: 'dev-auth-key', restKey: 'dev-rest-key' };

let built;

// USHER_BIN, or the program of this checkout, built once per test process.
function program() {
  if (process.env.USHER_BIN) return path.resolve(process.env.USHER_BIN);
  if (!built) {
    const folder = mkdtempSync(path.join(tmpdir(), 'usher-js-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    built = path.join(folder, 'usher');
    execFileSync('go', ['build', '-o', built, './cmd/usher'], {
      cwd: repository,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }
  return built;
}

/** Runs usher on a free port of 127.0.0.1 with a database of its own. */
export async function startServer() {
  const folder = mkdtempSync(path.join(tmpdir(), 'usher-js-'));
  // A setting in the environment of whoever runs the tests is not for this server.
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('USHER_')));
  const child = spawn(program(), ['serve', '--dev', '--listen', '127.0.0.1:0'], {
    cwd: folder,
    env: { ...environment, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  // Whatever ends this process, the server must not outlive it.
  process.once('exit', kill);

  async function stop() {
    process.removeListener('exit', kill);
    if (child.pid && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const killer = setTimeout(kill, stopTimeLimit);
      await ended;
      clearTimeout(killer);
    }
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    const url = await announcedURL(child);
    return { ...dev, url, stop, rest: (method, target, body) => rest(url, method, target, body) };
  } catch (error) {
    await stop();
    throw error;
  }
}

// The server says where it listens once it does.
function announcedURL(child) {
  return new Promise((resolve, reject) => {
    const lines = [];
    const fail = (what) => reject(new Error(`usher ${what}\n${lines.join('\n')}`));
    const timer = setTimeout(() => fail('did not say where it listens'), startTimeLimit);
    child.once('exit', (status) => fail(`ended with status ${status}`));
    child.once('error', reject);
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (lines.length < 200) lines.push(line);
        const announced = line.match(/http:\/\/127\.0\.0\.1:\d+/);
        if (!announced) return;
        clearTimeout(timer);
        resolve(announced[0]);
      });
    }
  });
}

// What a back end does: a call with the REST key.
async function rest(url, method, target, body) {
  const response = await fetch(`${url}/v3${target}`, {
    method,
    headers: { appid: dev.appId, apikey: dev.restKey, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = await response.json();
  if (!('data' in answer))
    throw new Error(`REST: ${method} ${target} was answered with ${response.status} ${JSON.stringify(answer)}`);
  return answer.data;
}
