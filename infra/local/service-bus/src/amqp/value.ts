/** A decoded AMQP value. Integers are numbers while they are exact, else bigints; timestamps are milliseconds; a uuid is its 16 bytes. */
export type Decoded = null | boolean | number | bigint | string | Buffer | Decoded[] | AmqpMap | Described;

/** A decoded map, with its encoded pairs: properties are handed on as they came, because decoding loses the exact type. */
export class AmqpMap extends Map<Decoded, Decoded> {
  constructor(readonly pairs: Buffer) {
    super();
  }
}

/** A value with a descriptor, as sections, performatives, filters and outcomes are. */
export class Described {
  constructor(
    readonly descriptor: Decoded,
    readonly value: Decoded,
  ) {}
}

/** A number or text that must be encoded as one exact AMQP type. */
export type Typed =
  | {
      readonly type: 'ubyte' | 'ushort' | 'uint' | 'ulong' | 'int' | 'long' | 'double' | 'timestamp';
      readonly value: number;
    }
  | { readonly type: 'symbol'; readonly value: string }
  | { readonly type: 'uuid'; readonly value: Buffer }
  | { readonly type: 'described'; readonly code: number; readonly value: Encodable }
  | { readonly type: 'array'; readonly of: 'uuid'; readonly values: readonly Buffer[] }
  | { readonly type: 'array'; readonly of: 'long' | 'timestamp'; readonly values: readonly number[] }
  | { readonly type: 'symbols'; readonly values: readonly string[] }
  | { readonly type: 'encoded'; readonly value: Buffer };

/** What can be encoded. A bare string is an AMQP string, a bare array a list, a bare number does not exist: say which type it is. */
export type Encodable =
  null | undefined | boolean | string | Buffer | Typed | readonly Encodable[] | ReadonlyMap<Encodable, Encodable>;

export const ubyte = (value: number): Typed => ({ type: 'ubyte', value });
export const ushort = (value: number): Typed => ({ type: 'ushort', value });
export const uint = (value: number): Typed => ({ type: 'uint', value });
export const ulong = (value: number): Typed => ({ type: 'ulong', value });
export const int = (value: number): Typed => ({ type: 'int', value });
export const long = (value: number): Typed => ({ type: 'long', value });
export const timestamp = (value: number): Typed => ({ type: 'timestamp', value });
export const symbol = (value: string): Typed => ({ type: 'symbol', value });
export const uuid = (value: Buffer): Typed => ({ type: 'uuid', value });
export const described = (code: number, value: Encodable): Typed => ({ type: 'described', code, value });
