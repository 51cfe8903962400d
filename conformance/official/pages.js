import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';

const file = (name) => readFileSync(new URL(name, import.meta.url));

const sdk = file('node_modules/@cometchat/chat-sdk-javascript/CometChat.js');

const served = new Map([
  ['/', { type: 'text/html', body: file('page/index.html') }],
  ['/app.js', { type: 'text/javascript', body: file('page/app.js') }],
  ['/CometChat.js', { type: 'text/javascript', body: sdk }],
]);

// servePages serves the page with the SDK's own browser file, as npm installed it.
//
// It is a server and not Playwright's request interception because, with that on, Playwright
// answers CORS preflights itself, and usher's own answers would never be tried.
export async function servePages() {
  const server = http.createServer((request, response) => {
    const found = served.get(new URL(request.url, 'http://page').pathname);
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
