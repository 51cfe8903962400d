// Fails when what a page loads has outgrown its budget.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const dist = path.resolve(import.meta.dirname, '../dist');

// What a bundler makes of an app that imports only this.
async function bundled(entry) {
  const { outputFiles } = await build({
    entryPoints: [path.join(dist, entry)],
    bundle: true,
    format: 'esm',
    minify: true,
    target: 'es2022',
    write: false,
  });
  return outputFiles[0].contents;
}

const budgets = [
  { what: 'CometChatCalls alone', contents: await bundled('calls/index.js'), kilobytes: 8 },
  { what: 'everything, in one file', contents: readFileSync(path.join(dist, 'usher.iife.js')), kilobytes: 12 },
];

for (const { what, contents, kilobytes } of budgets) {
  const size = gzipSync(contents, { level: 9 }).length;
  const fits = size <= kilobytes * 1024;
  console.log(`${fits ? 'ok' : 'TOO BIG'}: ${what}: ${size} of ${kilobytes * 1024} bytes, gzipped`);
  if (!fits) process.exitCode = 1;
}
