import type { StorageWatch } from './storage.js';

/**
 * Hears from the other tabs of the browser. What comes is only a hint to look at the storage again:
 * it may come twice, by both ways, and before the storage of this tab shows the change.
 */
export function watchTabs(key: string, changed: () => void): StorageWatch {
  const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(key) : undefined;
  const onStorage = (event: StorageEvent): void => {
    // Without a key the whole storage was cleared.
    if (event.key === key || event.key === null) changed();
  };
  // A page that comes back from the back-forward cache has heard nothing meanwhile.
  const onPageShow = (event: PageTransitionEvent): void => {
    if (event.persisted) changed();
  };
  channel?.addEventListener('message', changed);
  addEventListener('storage', onStorage);
  addEventListener('pageshow', onPageShow);
  return {
    tell: () => channel?.postMessage(null),
    stop: () => {
      channel?.close();
      removeEventListener('storage', onStorage);
      removeEventListener('pageshow', onPageShow);
    },
  };
}
