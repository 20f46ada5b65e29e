/** Where secrets live. The names are settings; the values never reach a log, an event or an error. */
export interface SecretStore {
  /** The current value; throws when there is none. */
  get(name: string): Promise<string>;
  /** Writes a new version (a rotated refresh token), durable when the promise resolves. */
  set(name: string, value: string): Promise<void>;
}
