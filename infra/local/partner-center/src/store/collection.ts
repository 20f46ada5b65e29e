import type { z } from 'zod';

/** Where a collection reports its changes, so that they are journaled, or undone, together. */
export interface ChangeLog {
  changed(collection: string, key: string, record: unknown, undo: () => void): void;
}

/** Records of one kind by key, in the order in which they were first written, grouped (by customer, say) where that helps. */
export class Collection<T> {
  readonly name: string;
  readonly #schema: z.ZodType<T>;
  readonly #changes: ChangeLog;
  readonly #groupOf: ((record: T) => string) | undefined;
  readonly #records = new Map<string, T>();
  readonly #groups = new Map<string, Map<string, T>>();

  constructor(name: string, schema: z.ZodType<T>, changes: ChangeLog, groupOf?: (record: T) => string) {
    this.name = name;
    this.#schema = schema;
    this.#changes = changes;
    this.#groupOf = groupOf;
  }

  get(key: string): T | undefined {
    return this.#records.get(key);
  }

  get size(): number {
    return this.#records.size;
  }

  all(): IterableIterator<T> {
    return this.#records.values();
  }

  entries(): IterableIterator<[string, T]> {
    return this.#records.entries();
  }

  /** The records of one group, oldest first. */
  of(group: string): T[] {
    return [...(this.#groups.get(group)?.values() ?? [])];
  }

  put(key: string, record: T): void {
    const before = this.#records.get(key);
    this.#set(key, record);
    this.#changes.changed(this.name, key, record, () => this.#set(key, before));
  }

  delete(key: string): void {
    const before = this.#records.get(key);
    this.#set(key, undefined);
    this.#changes.changed(this.name, key, undefined, () => this.#set(key, before));
  }

  /** Applies one change read from the journal. */
  load(key: string, record: unknown): void {
    this.#set(key, record === undefined ? undefined : this.#schema.parse(record));
  }

  clear(): void {
    this.#records.clear();
    this.#groups.clear();
  }

  #set(key: string, record: T | undefined): void {
    const before = this.#records.get(key);
    if (record === undefined) {
      this.#records.delete(key);
      if (before !== undefined) this.#groupFor(before)?.delete(key);
      return;
    }
    this.#records.set(key, record);
    this.#groupFor(record)?.set(key, record);
  }

  #groupFor(record: T): Map<string, T> | undefined {
    if (!this.#groupOf) return undefined;
    const name = this.#groupOf(record);
    const group = this.#groups.get(name) ?? new Map<string, T>();
    this.#groups.set(name, group);
    return group;
  }
}
