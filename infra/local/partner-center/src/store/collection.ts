import type { z } from 'zod';

/** The part of the store a collection reports its changes to, so that they are journaled or undone together. */
export interface Ledger {
  changed(collection: string, key: string, record: unknown, undo: () => void): void;
}

/** Records of one kind by key, in the order they were first written, optionally grouped (for instance by customer). */
export class Collection<T> {
  private readonly records = new Map<string, T>();
  private readonly groups = new Map<string, Map<string, T>>();

  constructor(
    readonly name: string,
    private readonly schema: z.ZodType<T>,
    private readonly ledger: Ledger,
    private readonly groupOf?: (record: T) => string,
  ) {}

  get(key: string): T | undefined {
    return this.records.get(key);
  }

  get size(): number {
    return this.records.size;
  }

  all(): IterableIterator<T> {
    return this.records.values();
  }

  entries(): IterableIterator<[string, T]> {
    return this.records.entries();
  }

  /** The records of one group, oldest first. */
  of(group: string): T[] {
    return [...(this.groups.get(group)?.values() ?? [])];
  }

  put(key: string, record: T): void {
    const before = this.records.get(key);
    this.set(key, record);
    this.ledger.changed(this.name, key, record, () => this.set(key, before));
  }

  delete(key: string): void {
    const before = this.records.get(key);
    this.set(key, undefined);
    this.ledger.changed(this.name, key, undefined, () => this.set(key, before));
  }

  /** Takes one change from the journal. */
  load(key: string, record: unknown): void {
    this.set(key, record === undefined ? undefined : this.schema.parse(record));
  }

  clear(): void {
    this.records.clear();
    this.groups.clear();
  }

  private set(key: string, record: T | undefined): void {
    const before = this.records.get(key);
    if (record === undefined) {
      this.records.delete(key);
      if (before !== undefined) this.groupFor(before)?.delete(key);
      return;
    }
    this.records.set(key, record);
    this.groupFor(record)?.set(key, record);
  }

  private groupFor(record: T): Map<string, T> | undefined {
    if (!this.groupOf) return undefined;
    const name = this.groupOf(record);
    const group = this.groups.get(name) ?? new Map<string, T>();
    this.groups.set(name, group);
    return group;
  }
}
