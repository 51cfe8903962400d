import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { version } from '../../dist/core/version.js';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file) => readFileSync(path.join(root, file), 'utf8');

test('the version that the SDK tells is the package’s', () => {
  assert.equal(version, JSON.parse(read('package.json')).version);
});

test('nothing is needed at run time', () => {
  assert.equal(JSON.parse(read('package.json')).dependencies, undefined);
});

test('the lock file names no download address', () => {
  assert.ok(!read('package-lock.json').includes('"resolved"'));
});
