import { randomBytes } from 'node:crypto';
import { type FSWatcher, mkdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { StorageAdapter, StorageWatch } from '../core/storage.js';

/** How `fileStorage` keeps its files. */
export interface FileStorageOptions {
  /** Follow what other processes with the same folder do, as browser tabs do; true when missing. */
  follow?: boolean;
}

/**
 * Keeps each entry in a file of the folder, which is made when it is missing. Only the user who runs
 * the program may read the files: whoever can read a session can act as its user.
 */
export function fileStorage(folder: string, { follow = true }: FileStorageOptions = {}): StorageAdapter {
  const fileOf = (key: string): string => path.join(folder, `${encodeURIComponent(key)}.json`);
  const adapter: StorageAdapter = {
    getItem: (key) => {
      try {
        return readFileSync(fileOf(key), 'utf8');
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    setItem: (key, text) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // A reader sees the old text or the new one, never a part.
      const draft = `${fileOf(key)}.${randomBytes(6).toString('hex')}`;
      writeFileSync(draft, text, { mode: 0o600, flush: true, flag: 'wx' });
      renameSync(draft, fileOf(key));
    },
    removeItem: (key) => rmSync(fileOf(key), { force: true }),
  };
  return follow ? { ...adapter, watch: (key, changed) => watchFile(folder, fileOf(key), changed) } : adapter;
}

function watchFile(folder: string, file: string, changed: () => void): StorageWatch {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const watcher: FSWatcher = watch(folder, { persistent: false }, (_, name) => {
    if (name === null || name === path.basename(file)) changed();
  });
  // A folder that is gone has nothing to follow.
  watcher.on('error', () => watcher.close());
  return { tell: () => {}, stop: () => watcher.close() };
}

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
