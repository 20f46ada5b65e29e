import { AmqpError } from './amqp-error';
import { AmqpMap, type Decoded, Described } from './value';

const TWO_32 = 4294967296;
const MAX_DEPTH = 32;
const MAX_EMPTY_ELEMENTS = 4096;

/** Reads AMQP 1.0 encoded values. Every malformed input ends in an AmqpError `amqp:decode-error`; nothing is read past the end. */
export class Reader {
  readonly #buffer: Buffer;
  readonly #limit: number;
  #at = 0;
  #depth = 0;

  constructor(buffer: Buffer) {
    this.#buffer = buffer;
    this.#limit = buffer.length;
  }

  get position(): number {
    return this.#at;
  }

  get done(): boolean {
    return this.#at >= this.#limit;
  }

  /** Reads the next value. */
  read(): Decoded {
    return this.#content(this.#byte());
  }

  /** Steps over the next value and returns its encoded bytes (a view, not a copy). */
  skip(): Buffer {
    const start = this.#at;
    this.#step(this.#byte());
    return this.#buffer.subarray(start, this.#at);
  }

  /** Reads a descriptor (0x00 and a value) and leaves the reader before the described value. Returns its number, or NaN for a symbol. */
  descriptor(): number {
    if (this.#byte() !== 0) throw malformed('a described value was expected');
    const descriptor = this.read();
    return typeof descriptor === 'number' ? descriptor : NaN;
  }

  /** Reads the constructor of a list or map and returns how many values follow and where it ends. */
  compound(): { count: number; end: number } {
    return this.#compoundOf(this.#byte());
  }

  #compoundOf(code: number): { count: number; end: number } {
    if (code === 0x45) return { count: 0, end: this.#at };
    const wide = code >= 0xd0;
    if (![0xc0, 0xc1, 0xd0, 0xd1].includes(code)) throw malformed('a list or map was expected');
    const size = wide ? this.#uint32() : this.#byte();
    const end = this.#at + size;
    if (end > this.#limit || size < (wide ? 4 : 1)) throw malformed('a list or map is longer than its frame');
    const count = wide ? this.#uint32() : this.#byte();
    if (count > end - this.#at) throw malformed('a list or map counts more values than it holds');
    return { count, end };
  }

  #content(code: number): Decoded {
    switch (code) {
      case 0x00:
        return this.#nested(() => new Described(this.read(), this.read()));
      case 0x40:
        return null;
      case 0x41:
        return true;
      case 0x42:
        return false;
      case 0x56:
        return this.#byte() !== 0;
      case 0x43:
      case 0x44:
        return 0;
      case 0x45:
        return [];
      case 0x50:
      case 0x52:
      case 0x53:
        return this.#byte();
      case 0x51:
      case 0x54:
      case 0x55:
        return (this.#byte() << 24) >> 24;
      case 0x60:
        return this.#take(2).readUInt16BE(0);
      case 0x61:
        return this.#take(2).readInt16BE(0);
      case 0x70:
      case 0x73:
        return this.#uint32();
      case 0x71:
        return this.#uint32() | 0;
      case 0x72:
        return this.#take(4).readFloatBE(0);
      case 0x82:
        return this.#take(8).readDoubleBE(0);
      case 0x80:
        return exact(this.#take(8).readBigUInt64BE(0));
      case 0x81:
      case 0x83:
        return this.#int64();
      case 0x74:
        return this.#take(4);
      case 0x84:
        return this.#take(8);
      case 0x94:
      case 0x98:
        return this.#take(16);
      case 0xa0:
        return this.#take(this.#byte());
      case 0xb0:
        return this.#take(this.#uint32());
      case 0xa1:
      case 0xa3:
        return this.#text(this.#byte());
      case 0xb1:
      case 0xb3:
        return this.#text(this.#uint32());
      case 0xc0:
      case 0xd0:
        return this.#nested(() => this.#list(code));
      case 0xc1:
      case 0xd1:
        return this.#nested(() => this.#map(code));
      case 0xe0:
      case 0xf0:
        return this.#nested(() => this.#array(code));
      default:
        throw malformed(`0x${code.toString(16)} is not an AMQP type`);
    }
  }

  #list(code: number): Decoded[] {
    const { count, end } = this.#compoundOf(code);
    const values: Decoded[] = [];
    for (let i = 0; i < count; i++) values.push(this.read());
    this.#finish(end);
    return values;
  }

  #map(code: number): AmqpMap {
    const { count, end } = this.#compoundOf(code);
    if (count % 2 === 1) throw malformed('a map has a key without a value');
    const map = new AmqpMap(this.#buffer.subarray(this.#at, end));
    for (let i = 0; i < count; i += 2) map.set(this.read(), this.read());
    this.#finish(end);
    return map;
  }

  #array(code: number): Decoded[] {
    const size = code === 0xf0 ? this.#uint32() : this.#byte();
    const end = this.#at + size;
    if (end > this.#limit) throw malformed('an array is longer than its frame');
    const count = code === 0xf0 ? this.#uint32() : this.#byte();
    let type = this.#byte();
    let descriptor: Decoded | undefined;
    if (type === 0) {
      descriptor = this.read();
      type = this.#byte();
    }
    if (count > Math.max(end - this.#at, MAX_EMPTY_ELEMENTS))
      throw malformed('an array counts more values than it holds');
    const values: Decoded[] = [];
    for (let i = 0; i < count; i++) {
      const value = this.#content(type);
      values.push(descriptor === undefined ? value : new Described(descriptor, value));
    }
    this.#finish(end);
    return values;
  }

  #step(code: number): void {
    const width = code >> 4;
    if (code === 0) {
      this.#nested(() => {
        this.skip();
        return this.skip();
      });
    } else if (width === 0x4) this.#move(0);
    else if (width >= 0x5 && width <= 0x9) this.#move(2 ** (width - 5));
    else if (width === 0xa || width === 0xc || width === 0xe) this.#move(this.#byte());
    else if (width === 0xb || width === 0xd || width === 0xf) this.#move(this.#uint32());
    else throw malformed(`0x${code.toString(16)} is not an AMQP type`);
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw malformed('values are nested too deeply');
    const value = read();
    this.#depth--;
    return value;
  }

  #finish(end: number): void {
    if (this.#at !== end) throw malformed('a list, map or array does not end where it says');
  }

  #move(bytes: number): void {
    if (this.#at + bytes > this.#limit) throw malformed('a value is longer than its frame');
    this.#at += bytes;
  }

  #take(bytes: number): Buffer {
    this.#move(bytes);
    return this.#buffer.subarray(this.#at - bytes, this.#at);
  }

  #text(bytes: number): string {
    this.#move(bytes);
    return this.#buffer.toString('utf8', this.#at - bytes, this.#at);
  }

  #byte(): number {
    const value = this.#at < this.#limit ? this.#buffer[this.#at++] : undefined;
    if (value === undefined) throw malformed('a value is longer than its frame');
    return value;
  }

  #uint32(): number {
    this.#move(4);
    return this.#buffer.readUInt32BE(this.#at - 4);
  }

  #int64(): number | bigint {
    this.#move(8);
    const high = this.#buffer.readInt32BE(this.#at - 8);
    const low = this.#buffer.readUInt32BE(this.#at - 4);
    const value = high * TWO_32 + low;
    return Number.isSafeInteger(value) ? value : this.#buffer.readBigInt64BE(this.#at - 8);
  }
}

/** The value encoded in `bytes`. */
export function decode(bytes: Buffer): Decoded {
  return new Reader(bytes).read();
}

function exact(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function malformed(what: string): AmqpError {
  return new AmqpError('amqp:decode-error', what);
}
