/** Milliseconds. */
const firstBound = 500;
const longestBound = 30_000;

/**
 * The pauses between attempts: each anywhere below a bound that doubles, so that the clients of a
 * server that was away do not all come back at the same moment.
 */
export class Pauses {
  readonly #over: () => void;
  #bound = firstBound;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(over: () => void) {
    this.#over = () => {
      this.stop();
      over();
    };
  }

  /** Begins the next pause, which ends early when the browser is back on a network. */
  begin(): void {
    this.stop();
    this.#timer = setTimeout(this.#over, Math.random() * this.#bound);
    this.#bound = Math.min(2 * this.#bound, longestBound);
    globalThis.addEventListener?.('online', this.#over);
  }

  stop(): void {
    clearTimeout(this.#timer);
    globalThis.removeEventListener?.('online', this.#over);
  }

  /** Makes the next pause as short as the first. */
  reset(): void {
    this.#bound = firstBound;
  }
}
