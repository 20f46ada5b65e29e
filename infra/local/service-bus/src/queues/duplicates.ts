/**
 * The message ids an entity has seen within its duplicate detection window. An id counts from the moment its message is being
 * written, so that two equal messages in one tick can't both pass; it is forgotten again when the write fails.
 */
export class Duplicates {
  readonly #seen = new Map<string, number>();
  readonly #pending = new Set<string>();

  /** The bytes the journal needs for what is remembered, about. */
  get bytes(): number {
    return this.#seen.size * 80;
  }

  /** True when the id was seen less than `window` milliseconds before `now`. */
  has(messageId: string, now: number, window: number): boolean {
    this.#forgetBefore(now - window);
    return this.#pending.has(messageId) || this.#seen.has(messageId);
  }

  begin(messageId: string): void {
    this.#pending.add(messageId);
  }

  abort(messageId: string): void {
    this.#pending.delete(messageId);
  }

  /** The id's message is on disk. */
  remember(messageId: string, at: number): void {
    this.#pending.delete(messageId);
    this.#seen.delete(messageId);
    this.#seen.set(messageId, at);
  }

  /** What is remembered, oldest first. */
  entries(): Iterable<[string, number]> {
    return this.#seen;
  }

  #forgetBefore(time: number): void {
    for (const [messageId, at] of this.#seen) {
      if (at > time) return;
      this.#seen.delete(messageId);
    }
  }
}
