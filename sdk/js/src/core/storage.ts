/**
 * Where a session outlives the page or the process. The shape is that of localStorage and, with
 * promises, that of React Native's AsyncStorage; its methods may throw or reject.
 */
export interface StorageAdapter {
  /** The text stored under the key, or null. */
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, text: string): unknown;
  removeItem(key: string): unknown;
  /** Only where others may change an entry too: calls back when one perhaps did. */
  watch?(key: string, changed: () => void): StorageWatch;
}

/** What `StorageAdapter.watch` gives. */
export interface StorageWatch {
  /** Says that the entry was changed here. */
  tell(): void;
  /** No call back comes after it. */
  stop(): void;
}

/** A storage that ends with the page or the process. */
export function memoryStorage(): StorageAdapter {
  const texts = new Map<string, string>();
  return {
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => {
      texts.set(key, text);
    },
    removeItem: (key) => {
      texts.delete(key);
    },
  };
}
