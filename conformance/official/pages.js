import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';

import { bundle } from './bundle.js';
import { callsClients, chatClients } from './clients.js';

const file = (name) => readFileSync(new URL(name, import.meta.url));

const script = (body) => ({ type: 'text/javascript', body });

// What the platform of a client brings beside a browser's own.
const platforms = { page: '', bundle: '', capacitor: file('platforms/capacitor.js') };

// What is served for a client under its folder.
function pageOf({ folder, runsIn, file: sdk }, app) {
  return [
    [`/${folder}/`, () => ({ type: 'text/html', body: file('page/index.html') })],
    [`/${folder}/platform.js`, () => script(platforms[runsIn])],
    [`/${folder}/sdk.js`, async () => script(runsIn === 'bundle' ? await bundle(folder) : readFileSync(sdk))],
    [`/${folder}/app.js`, () => script(file(app))],
  ];
}

const served = new Map([
  ['/answers.js', () => script(file('page/answers.js'))],
  ...chatClients.filter(({ runsIn }) => runsIn in platforms).flatMap((client) => pageOf(client, 'page/chat.js')),
  ...callsClients.flatMap((client) => pageOf(client, 'page/calls.js')),
]);

// servePages serves a page for every client that runs in one, with the SDK's own file as npm
// installed it.
//
// It is a server and not Playwright's request interception because, with that on, Playwright
// answers CORS preflights itself, and usher's own answers would never be tried.
export async function servePages() {
  const server = http.createServer(async (request, response) => {
    const found = await served.get(new URL(request.url, 'http://page').pathname)?.();
    if (found) response.writeHead(200, { 'content-type': found.type }).end(found.body);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
