import { build } from 'esbuild';
import path from 'node:path';

const bundles = new Map();

// bundle gives the script that an app's own bundler would make of a UI kit and what it needs; each is
// made once. Its styles, sounds and pictures are left out, and so is the calls SDK, which is optional.
export function bundle(folder) {
  if (!bundles.has(folder)) bundles.set(folder, bundled(folder));
  return bundles.get(folder);
}

async function bundled(folder) {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'page/kit.js')],
    alias: { 'ui-kit': folder },
    external: ['@cometchat/calls-sdk-javascript'],
    loader: { '.css': 'empty' },
    bundle: true,
    format: 'iife',
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0].contents;
}
