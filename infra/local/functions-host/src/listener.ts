/** Something that calls a function when an event comes. */
export interface Listener {
  /** Resolves when the first event can come. */
  attached: Promise<void>;
  /** Takes no more events; resolves when those under way have been dealt with. */
  stop(): Promise<void>;
  /** Lets go of connections, after every listener has stopped. */
  close(): Promise<void>;
}
