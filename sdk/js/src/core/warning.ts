/** Hears what no error tells. The message holds no credential; the cause is what was thrown, if anything was. */
export type Warn = (message: string, cause?: unknown) => void;

/** A hook that throws must not change what the SDK does. */
export function safely(hook: Warn | undefined): Warn {
  return (message, cause) => {
    try {
      hook?.(message, cause);
    } catch {
      // There is nobody left to tell.
    }
  };
}
