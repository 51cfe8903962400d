import type { StorageAdapter } from './storage.js';
import { watchTabs } from './tabs.js';

/** The two storages of a browser: `local` is every tab's and outlives them, `session` is one tab's own. */
export type WebStorageKind = 'local' | 'session';

/**
 * The browser's storage, or undefined where there is none or where the user forbade it: even the
 * look at window.localStorage throws there.
 */
export function webStorage(kind: WebStorageKind): StorageAdapter | undefined {
  // Node has a localStorage too, which warns, and which nobody asked for.
  if (typeof document === 'undefined') return undefined;
  try {
    const storage = kind === 'session' ? sessionStorage : localStorage;
    const adapter: StorageAdapter = {
      getItem: (key) => storage.getItem(key),
      setItem: (key, text) => storage.setItem(key, text),
      removeItem: (key) => storage.removeItem(key),
    };
    return kind === 'session' ? adapter : { ...adapter, watch: watchTabs };
  } catch {
    return undefined;
  }
}
