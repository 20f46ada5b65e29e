/** npm passes on a Ctrl-C that the terminal has delivered already: signals this close together are one key press. */
const ONE_KEY_PRESS_MS = 300;

/**
 * Calls `stop` when the process is asked to end (Ctrl-C, `kill`, a terminal that is closed), and ends it at once, with exit code 130,
 * when it is asked again.
 */
export function onInterrupt(stop: () => void): void {
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const now = performance.now();
      if (first === undefined) {
        first = now;
        stop();
      } else if (now - first > ONE_KEY_PRESS_MS) {
        process.exit(INTERRUPTED);
      }
    });
  }
}

/** The exit code of a program that Ctrl-C has ended. */
export const INTERRUPTED = 130;
