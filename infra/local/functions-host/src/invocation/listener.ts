/** Calls a function when an event comes. */
export interface Listener {
  /** Resolves when the first event can come. */
  readonly attached: Promise<void>;
  /** Takes no more events; resolves when those under way have been dealt with. */
  stop(): Promise<void>;
  /** Resolves when everything is written that follows from functions that have ended; it does not wait for those that run. */
  settled(): Promise<void>;
  /** Closes its connections, after every listener has stopped. */
  close(): Promise<void>;
}
