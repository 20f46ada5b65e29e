import type { Encodable, Typed } from './value';

const TWO_32 = 4294967296;

/** Writes AMQP 1.0 encoded values (OASIS AMQP 1.0, part 1) into a buffer that grows. */
export class Writer {
  #buffer: Buffer;
  #at = 0;

  constructor(size = 256) {
    this.#buffer = Buffer.allocUnsafe(size);
  }

  /** The bytes written so far; the writer must not be used afterwards. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }

  /** Starts a described value with a numeric descriptor; the value itself is written next. */
  descriptor(code: number): this {
    this.#byte(0x00);
    return this.ulong(code);
  }

  null(): this {
    return this.#byte(0x40);
  }

  boolean(value: boolean): this {
    return this.#byte(value ? 0x41 : 0x42);
  }

  ubyte(value: number): this {
    return this.#byte(0x50).#byte(value);
  }

  ushort(value: number): this {
    this.#byte(0x60).#room(2);
    this.#at = this.#buffer.writeUInt16BE(value, this.#at);
    return this;
  }

  uint(value: number): this {
    if (value === 0) return this.#byte(0x43);
    return value < 256 ? this.#byte(0x52).#byte(value) : this.#byte(0x70).#raw32(value);
  }

  ulong(value: number): this {
    if (value === 0) return this.#byte(0x44);
    return value < 256 ? this.#byte(0x53).#byte(value) : this.#byte(0x80).#raw64(value);
  }

  int(value: number): this {
    return this.#byte(0x71).#raw32(value >>> 0);
  }

  long(value: number): this {
    return this.#byte(0x81).#raw64(value);
  }

  double(value: number): this {
    this.#byte(0x82).#room(8);
    this.#at = this.#buffer.writeDoubleBE(value, this.#at);
    return this;
  }

  timestamp(value: number): this {
    return this.#byte(0x83).#raw64(value);
  }

  uuid(value: Buffer): this {
    return this.#byte(0x98).raw(value);
  }

  binary(value: Buffer): this {
    if (value.length < 256) this.#byte(0xa0).#byte(value.length);
    else this.#byte(0xb0).#raw32(value.length);
    return this.raw(value);
  }

  string(value: string): this {
    return this.#text(value, 0xa1, 0xb1);
  }

  symbol(value: string): this {
    return this.#text(value, 0xa3, 0xb3);
  }

  /** Starts a list of `count` values; give what it returns to `end` after writing them. */
  list(count: number): number {
    return this.#compound(0xd0, count);
  }

  /** Starts a map of `count` keys and values together; give what it returns to `end` after writing them. */
  map(count: number): number {
    return this.#compound(0xd1, count);
  }

  /** Ends the list, map or array that was started at `start`. */
  end(start: number): this {
    this.#buffer.writeUInt32BE(this.#at - start - 4, start);
    return this;
  }

  /** Bytes that are already encoded. */
  raw(bytes: Uint8Array): this {
    this.#room(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  /** Any value, by its shape. */
  value(value: Encodable): this {
    if (value === null || value === undefined) return this.null();
    if (typeof value === 'boolean') return this.boolean(value);
    if (typeof value === 'string') return this.string(value);
    if (Buffer.isBuffer(value)) return this.binary(value);
    if (isMap(value)) return this.#entries(value);
    return isList(value) ? this.#items(value) : this.#typed(value);
  }

  #typed(typed: Typed): this {
    switch (typed.type) {
      case 'symbol':
        return this.symbol(typed.value);
      case 'uuid':
        return this.uuid(typed.value);
      case 'encoded':
        return this.raw(typed.value);
      case 'described':
        return this.descriptor(typed.code).value(typed.value);
      case 'symbols': {
        const start = this.#compound(0xf0, typed.values.length);
        this.#byte(0xb3);
        for (const value of typed.values) this.#raw32(Buffer.byteLength(value)).raw(Buffer.from(value));
        return this.end(start);
      }
      case 'array':
        return this.#array(typed);
      case 'ubyte':
      case 'ushort':
      case 'uint':
      case 'ulong':
      case 'int':
      case 'long':
      case 'double':
      case 'timestamp':
        return this[typed.type](typed.value);
    }
  }

  #array(array: Extract<Typed, { type: 'array' }>): this {
    const start = this.#compound(0xf0, array.values.length);
    if (array.of === 'uuid') {
      this.#byte(0x98);
      for (const value of array.values) this.raw(value);
    } else {
      this.#byte(array.of === 'long' ? 0x81 : 0x83);
      for (const value of array.values) this.#raw64(value);
    }
    return this.end(start);
  }

  #items(values: readonly Encodable[]): this {
    if (values.length === 0) return this.#byte(0x45);
    const start = this.list(values.length);
    for (const value of values) this.value(value);
    return this.end(start);
  }

  #entries(map: ReadonlyMap<Encodable, Encodable>): this {
    const start = this.map(map.size * 2);
    for (const [key, value] of map) this.value(key).value(value);
    return this.end(start);
  }

  #compound(code: number, count: number): number {
    this.#byte(code).#room(8);
    const start = this.#at;
    this.#at += 4;
    this.#raw32(count);
    return start;
  }

  #text(value: string, short: number, long: number): this {
    const length = Buffer.byteLength(value);
    if (length < 256) this.#byte(short).#byte(length);
    else this.#byte(long).#raw32(length);
    this.#room(length);
    this.#at += this.#buffer.write(value, this.#at);
    return this;
  }

  #byte(value: number): this {
    this.#room(1);
    this.#buffer[this.#at++] = value;
    return this;
  }

  #raw32(value: number): this {
    this.#room(4);
    this.#at = this.#buffer.writeUInt32BE(value, this.#at);
    return this;
  }

  #raw64(value: number): this {
    const high = Math.floor(value / TWO_32);
    this.#raw32(high >>> 0);
    return this.#raw32(value - high * TWO_32);
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}

function isMap(value: Encodable): value is ReadonlyMap<Encodable, Encodable> {
  return value instanceof Map;
}

function isList(value: Encodable): value is readonly Encodable[] {
  return Array.isArray(value);
}

/** The encoded form of one value. */
export function encode(value: Encodable): Buffer {
  return new Writer().value(value).finish();
}
