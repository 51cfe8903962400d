import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { chromium } from 'playwright-core';

const finder = path.resolve(import.meta.dirname, '../../../../scripts/chromium.sh');

/** Starts a headless Chromium that reaches nothing but 127.0.0.1, whatever the host name. */
export function launchChromium(...flags) {
  const executablePath = execFileSync('sh', [finder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
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
      '--host-resolver-rules=MAP * 127.0.0.1',
      ...flags,
    ],
  });
}
