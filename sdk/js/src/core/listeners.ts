import type { Warn } from './warning.js';

/**
 * Listeners by id. All of them hear the events in the order in which they happened, also when a
 * listener makes the next event happen; one that throws does not keep the others from hearing.
 */
export class Listeners<Listener extends object> {
  readonly #byId = new Map<string, Listener>();
  readonly #waiting: ((listener: Listener) => unknown)[] = [];
  #telling = false;

  /** A listener with the same id is replaced. */
  add(id: string, listener: Listener): void {
    if (typeof listener === 'object' && listener !== null) this.#byId.set(id, listener);
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }

  /** Tells the listeners that are there when it is the event's turn. */
  tell(event: (listener: Listener) => unknown, warn: Warn): void {
    this.#waiting.push(event);
    if (this.#telling) return;
    this.#telling = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      for (const [id, listener] of [...this.#byId]) {
        // It may have been removed by one before it.
        if (this.#byId.get(id) === listener) tellOne(next, listener, warn);
      }
    }
    this.#telling = false;
  }
}

function tellOne<Listener>(event: (listener: Listener) => unknown, listener: Listener, warn: Warn): void {
  try {
    Promise.resolve(event(listener)).catch((error: unknown) => warn('A listener rejected.', error));
  } catch (error) {
    warn('A listener threw.', error);
  }
}
