/** A message that comes in several frames. What is over the limit is counted and dropped as it comes. */
export class Assembly {
  readonly #limit: number;
  /** Called with how many more bytes of memory are in use; may throw. */
  readonly #hold: (bytes: number) => void;
  #buffer: Buffer = Buffer.alloc(0);
  #size = 0;

  constructor(limit: number, hold: (bytes: number) => void) {
    this.#limit = limit;
    this.#hold = hold;
  }

  get tooLarge(): boolean {
    return this.#size > this.#limit;
  }

  /** Adds a piece, by copying it: a piece may be a view of a much larger chunk. */
  add(piece: Buffer): void {
    const start = this.#size;
    this.#size += piece.length;
    if (this.tooLarge) return this.release();
    if (this.#size > this.#buffer.length) this.#grow();
    piece.copy(this.#buffer, start);
  }

  /** The whole message. */
  whole(): Buffer {
    return this.#buffer.subarray(0, this.#size);
  }

  /** Gives the memory back. */
  release(): void {
    this.#hold(-this.#buffer.length);
    this.#buffer = Buffer.alloc(0);
  }

  #grow(): void {
    const larger = Buffer.allocUnsafe(Math.min(this.#limit, Math.max(this.#size, this.#buffer.length * 2)));
    this.#hold(larger.length - this.#buffer.length);
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}
