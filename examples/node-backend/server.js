// A back end that issues auth tokens after its own login, and serves the login page.
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { checkPassword } from './accounts.js';
import { tokenIssuer } from './usher.js';

const {
  USHER_HOST: host = 'http://127.0.0.1:8080',
  USHER_APP_ID: appId = 'usher-dev',
  USHER_REST_KEY: apiKey = 'dev-rest-key',
  PORT: port = '3000',
} = process.env;

const longestBody = 4096;
const issueToken = tokenIssuer({ host, appId, apiKey });

const page = path.resolve(import.meta.dirname, '../browser-login');
const files = new Map([
  ['/', { file: path.join(page, 'index.html'), type: 'text/html; charset=utf-8' }],
  ['/login.css', { file: path.join(page, 'login.css'), type: 'text/css; charset=utf-8' }],
  ['/people.js', { file: path.join(page, 'people.js'), type: 'text/javascript; charset=utf-8' }],
  ['/login.js', { file: path.join(page, 'login.js'), type: 'text/javascript; charset=utf-8' }],
  [
    '/usher.iife.js',
    { file: path.resolve(page, '../../sdk/js/dist/usher.iife.js'), type: 'text/javascript; charset=utf-8' },
  ],
]);

const { origin } = new URL(host);
const always = {
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' ${origin} ${origin.replace(/^http/, 'ws')}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const json = (status, body) => ({ status, type: 'application/json', body: JSON.stringify(body) });

async function answer(request) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const route = `${request.method} ${pathname}`;
  if (route === 'POST /login') return login(request);
  if (route === 'GET /config.json') return json(200, { appId, host });
  const found = request.method === 'GET' && files.get(pathname);
  if (!found) return json(404, { error: 'There is nothing here.' });
  return { status: 200, type: found.type, body: await readFile(found.file) };
}

async function login(request) {
  // Only JSON: a form of another site cannot send it, and so cannot log its visitors in here.
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return json(415, { error: 'Send JSON.' });
  const { name, password } = await readBody(request);
  if (typeof name !== 'string' || typeof password !== 'string') return json(400, { error: 'Enter name and password.' });
  const uid = await checkPassword(name, password);
  if (!uid) return json(401, { error: 'Name and password do not belong together.' });
  return json(200, { authToken: await issueToken(uid) });
}

async function readBody(request) {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part;
    if (text.length > longestBody) return {};
  }
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

const server = http.createServer(async (request, response) => {
  try {
    const { status, type, body } = await answer(request);
    response.writeHead(status, { ...always, 'content-type': type }).end(body);
  } catch (error) {
    console.error(`${request.method} failed: ${error.message}`);
    response.writeHead(502, { ...always, 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: 'Logging in does not work right now. Please try again later.' }));
  }
});
server.requestTimeout = 15_000;
server.headersTimeout = 10_000;
server.listen(Number(port), '127.0.0.1', () => {
  console.log(`Open http://127.0.0.1:${server.address().port}/ and log in as andrew with the password "let me in".`);
});
