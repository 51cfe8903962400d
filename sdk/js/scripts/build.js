// Writes dist: ES modules with their types by tsc, and one file for <script> and CDN use by esbuild.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
const compiler = path.join(root, 'node_modules/typescript/bin/tsc');

const draft = mkdtempSync(path.join(root, '.build-'));
try {
  if (await made(draft)) replaceFiles(draft, dist);
  else process.exitCode = 1;
} finally {
  rmSync(draft, { recursive: true, force: true });
}

async function made(folder) {
  for (const project of ['.', 'src/node']) {
    const options = ['-p', path.join(root, project), '--outDir', folder];
    const { status } = spawnSync(process.execPath, [compiler, ...options], { stdio: 'inherit' });
    if (status !== 0) return false;
  }
  await build({
    entryPoints: [path.join(folder, 'iife.js')],
    outfile: path.join(folder, 'usher.iife.js'),
    bundle: true,
    format: 'iife',
    minify: true,
    // A console shows class names: a page's author should see User, not a letter.
    keepNames: true,
    target: 'es2022',
  });
  return true;
}

// One file at a time, so that who uses dist meanwhile, another build too, never finds one missing.
function replaceFiles(from, to) {
  const files = filesOf(from);
  for (const file of files) {
    mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
    renameSync(path.join(from, file), path.join(to, file));
  }
  for (const file of filesOf(to)) {
    if (!files.includes(file)) rmSync(path.join(to, file), { force: true });
  }
}

function filesOf(folder) {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return found.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}
