const HEAD = 8;

/**
 * Cuts a byte stream into protocol headers and frames. A unit that is in one chunk is handed on as a view of it; one that comes in
 * pieces is copied once, however small the pieces are, and takes no more memory than its size.
 */
export class Units {
  readonly #sizeOf: (head: Buffer) => number;
  #partial: Buffer | undefined;
  #filled = 0;

  /** `sizeOf` tells the whole size of a unit from its first 8 bytes, and throws when that is impossible. */
  constructor(sizeOf: (head: Buffer) => number) {
    this.#sizeOf = sizeOf;
  }

  /** The units that end in this chunk. */
  *feed(chunk: Buffer): Generator<Buffer> {
    let at = 0;
    while (at < chunk.length) {
      const left = chunk.length - at;
      if (!this.#partial && left >= HEAD) {
        const size = this.#sizeOf(chunk.subarray(at, at + HEAD));
        if (size <= left) {
          yield chunk.subarray(at, at + size);
          at += size;
          continue;
        }
        this.#partial = Buffer.allocUnsafe(size);
      }
      this.#partial ??= Buffer.allocUnsafe(HEAD);
      const copied = chunk.copy(this.#partial, this.#filled, at);
      this.#filled += copied;
      at += copied;
      const whole = this.#filled === this.#partial.length ? this.#complete(this.#partial) : undefined;
      if (whole) yield whole;
    }
  }

  /** Ends a unit, or makes room for the rest of one whose size is known only now. */
  #complete(partial: Buffer): Buffer | undefined {
    const size = partial.length === HEAD ? this.#sizeOf(partial) : partial.length;
    if (size === partial.length) {
      this.#partial = undefined;
      this.#filled = 0;
      return partial;
    }
    this.#partial = Buffer.allocUnsafe(size);
    partial.copy(this.#partial);
    return undefined;
  }
}
