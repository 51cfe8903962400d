import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css' };

/** Serves the files of folders, named by the first segment of the path, on a free port of 127.0.0.1. */
export async function servePages(folders) {
  const server = http.createServer(async (request, response) => {
    const [, first, ...rest] = new URL(request.url, 'http://127.0.0.1').pathname.split('/');
    const folder = folders[first];
    const file = folder && path.join(folder, ...rest.map(decodeURIComponent));
    try {
      if (!file?.startsWith(folder)) throw new Error('no such folder');
      const body = await readFile(file);
      response
        .writeHead(200, { 'content-type': `${types[path.extname(file)] ?? 'text/plain'}; charset=utf-8` })
        .end(body);
    } catch {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such file.');
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
