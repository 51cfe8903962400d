import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const finder = fileURLToPath(new URL('../../scripts/chromium.sh', import.meta.url));

// launchBrowser starts a Chromium for which every host name is the server.
export function launchBrowser(server) {
  const executablePath = execFileSync('sh', [finder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // The SDK speaks only https and wss, and the server's certificate is its own.
      '--ignore-certificate-errors',
      // No name is looked up and nothing leaves this machine. 127.0.0.1 stands for itself, because
      // the page comes from another port than the server's.
      `--host-resolver-rules=MAP * ${server.host}, EXCLUDE 127.0.0.1`,
    ],
  });
}
