import type { Blobs, StoredBlob } from '#shared/azure/blobs';

/** A container in memory: what is written once never changes. */
export class MemoryBlobs implements Blobs {
  readonly contents = new Map<string, Buffer>();
  readonly #stored = new Map<string, StoredBlob>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  async putOnce(
    path: string,
    content: Buffer,
    _contentType: string,
    metadata: Record<string, string>,
  ): Promise<StoredBlob> {
    const stored = this.#stored.get(path) ?? { path, size: content.length, createdAt: this.#now(), metadata };
    if (!this.#stored.has(path)) this.contents.set(path, content);
    this.#stored.set(path, stored);
    return stored;
  }

  async find(path: string): Promise<StoredBlob | undefined> {
    return this.#stored.get(path);
  }
}
