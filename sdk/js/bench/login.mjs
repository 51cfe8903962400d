// Logs in with the SDK, next to the two bare requests that a login makes, to the same server over
// loopback, and prints what the SDK adds. The target is less than 1000 µs.
import { createServer } from 'node:http';
import { CometChatCalls, memoryStorage } from '../dist/index.js';

const rounds = 500;

const me = {
  uid: 'ann',
  name: 'Ann',
  role: 'default',
  status: 'available',
  authToken: `ann_1700000000${'a'.repeat(30)}`,
};
const answer = JSON.stringify({ data: me });
const device = JSON.stringify({
  platform: 'WEB',
  deviceId: 'bench_1',
  appInfo: { version: 'v0.1.0', apiVersion: 'v3.0' },
});

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(answer);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const host = `http://127.0.0.1:${server.address().port}`;

async function bare() {
  const headers = { appId: 'bench', 'Content-Type': 'application/json' };
  for (const [method, path, credential] of [
    ['POST', '/users/ann/auth_tokens', { apiKey: 'key' }],
    ['PUT', '/me', { authToken: me.authToken }],
  ]) {
    const response = await fetch(host + path, { method, headers: { ...headers, ...credential }, body: device });
    await response.text();
  }
}

async function timed(subject) {
  const began = performance.now();
  await subject();
  return (performance.now() - began) * 1000;
}

const median = (times) => times.sort((one, other) => one - other)[Math.floor(times.length / 2)];

await CometChatCalls.init({ appId: 'bench', host, storage: memoryStorage() });
const took = { login: [], bare: [] };
for (let round = -50; round < rounds; round++) {
  const login = await timed(() => CometChatCalls.login('ann', 'key'));
  await CometChatCalls.logout();
  const two = await timed(bare);
  // The first rounds only warm up.
  if (round >= 0) {
    took.login.push(login);
    took.bare.push(two);
  }
}
const [login, two] = [median(took.login), median(took.bare)];
const added = (login - two).toFixed(0);
console.log(`sdk/js login: ${added} µs added to two requests of ${two.toFixed(0)} µs (medians of ${rounds})`);
CometChatCalls.close();
server.close();
server.closeAllConnections();
