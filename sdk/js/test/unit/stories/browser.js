/** A storage that several tabs share; each hears of the others' changes when the story brings it the news. */
export class Browser {
  #texts = new Map();
  #watches = new Map();
  /** The tabs that have news, by name. */
  news = new Set();

  /** The token of the session that is stored, or undefined. */
  get storedToken() {
    const [, text] = [...this.#texts].find(([key]) => key.endsWith('/session')) ?? [];
    return text && JSON.parse(text).authToken;
  }

  /** The storage as the tab sees it; `gone` says that the tab is dead and writes nothing any more. */
  storageOf(tab, gone) {
    return {
      getItem: (key) => this.#texts.get(key) ?? null,
      setItem: (key, text) => void (gone() || this.#texts.set(key, text)),
      removeItem: (key) => void (gone() || this.#texts.delete(key)),
      watch: (_, changed) => {
        this.#watches.set(tab, changed);
        return {
          tell: () => {
            if (gone()) return;
            for (const other of this.#watches.keys()) if (other !== tab) this.news.add(other);
          },
          stop: () => this.forget(tab),
        };
      },
    };
  }

  /** Calls the tab back, as one does that has news; without any it is a hint too many. */
  bringNews(tab) {
    this.news.delete(tab);
    this.#watches.get(tab)?.();
  }

  forget(tab) {
    this.#watches.delete(tab);
    this.news.delete(tab);
  }
}
