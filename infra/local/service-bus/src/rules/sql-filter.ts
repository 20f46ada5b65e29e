import type { Decoded } from '#amqp/value';
import { type FilterInput, systemProperty } from '#messages/filter-input';
import { like } from './like';
import { type Token, sqlError, tokenize } from './sql-lexer';

/** A value of an expression; null is unknown, and what is compared with unknown is unknown. */
export type SqlValue = string | number | boolean | null;
export type Expression = (input: FilterInput) => SqlValue;

const MAX_DEPTH = 100;
const KEYWORDS = new Set([
  'and',
  'or',
  'not',
  'like',
  'in',
  'is',
  'null',
  'exists',
  'escape',
  'true',
  'false',
  'set',
  'remove',
]);
const COMPARISONS = new Set(['=', '<>', '!=', '<', '<=', '>', '>=']);

/**
 * Reads an SQL filter (Microsoft Learn, "Subscription rule SQL filter syntax"): comparisons, AND, OR, NOT, LIKE, IN, IS NULL, EXISTS,
 * arithmetic, and properties with or without `user.` or `sys.`. Throws AmqpError for anything else.
 */
export function compileFilter(expression: string): (input: FilterInput) => boolean {
  const parser = new SqlParser(tokenize(expression));
  const condition = parser.condition();
  parser.expectEnd();
  return (input) => condition(input) === true;
}

/** A recursive descent parser that builds functions, shared by filters and actions. */
export class SqlParser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  condition(): Expression {
    if (++this.#depth > MAX_DEPTH) throw sqlError('it is nested too deeply');
    let left = this.#conjunction();
    while (this.takeWord('or')) left = or(left, this.#conjunction());
    this.#depth--;
    return left;
  }

  /** A sum or product of properties and constants. */
  operand(): Expression {
    let left = this.#product();
    for (;;) {
      if (this.takeSign('+')) left = plus(left, this.#product());
      else if (this.takeSign('-')) left = calculate(left, this.#product(), (a, b) => a - b);
      else return left;
    }
  }

  /** A property name: its scope (`user` when none is written) and its name. */
  property(): { scope: 'user' | 'sys'; name: string } {
    const first = this.#name();
    const scope = first.toLowerCase();
    if ((scope === 'user' || scope === 'sys') && this.takeSign('.')) return { scope, name: this.#name() };
    return { scope: 'user', name: first };
  }

  takeWord(word: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'word' || token.text.toLowerCase() !== word) return false;
    this.#at++;
    return true;
  }

  takeSign(sign: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'sign' || token.text !== sign) return false;
    this.#at++;
    return true;
  }

  get ended(): boolean {
    return this.#peek().kind === 'end';
  }

  expectEnd(): void {
    if (!this.ended) throw sqlError(`'${this.#peek().text}' was not expected`);
  }

  #conjunction(): Expression {
    let left = this.#negation();
    while (this.takeWord('and')) left = and(left, this.#negation());
    return left;
  }

  #negation(): Expression {
    if (!this.takeWord('not')) return this.#predicate();
    if (++this.#depth > MAX_DEPTH) throw sqlError('it is nested too deeply');
    const inner = this.#negation();
    this.#depth--;
    return not(inner);
  }

  #predicate(): Expression {
    if (this.takeWord('exists')) return this.#exists();
    const left = this.operand();
    if (this.takeWord('is')) {
      const negated = this.takeWord('not');
      this.#expectWord('null');
      return (input) => (left(input) === null) !== negated;
    }
    const negated = this.takeWord('not');
    if (this.takeWord('like')) return negate(negated, this.#like(left));
    if (this.takeWord('in')) return negate(negated, this.#within(left));
    if (negated) throw sqlError('LIKE or IN was expected after NOT');
    const token = this.#peek();
    if (token.kind !== 'sign' || !COMPARISONS.has(token.text)) return left;
    this.#at++;
    return comparison(token.text, left, this.operand());
  }

  #exists(): Expression {
    this.#expectSign('(');
    const property = this.property();
    this.#expectSign(')');
    return (input) => valueOf(property, input) !== null;
  }

  #like(left: Expression): Expression {
    const pattern = this.operand();
    const escape = this.takeWord('escape') ? this.operand() : undefined;
    return (input) => {
      const text = left(input);
      const wanted = pattern(input);
      if (typeof text !== 'string' || typeof wanted !== 'string') return null;
      return like(text, wanted, `${escape?.(input) ?? ''}`);
    };
  }

  #within(left: Expression): Expression {
    this.#expectSign('(');
    const options = [this.operand()];
    while (this.takeSign(',')) options.push(this.operand());
    this.#expectSign(')');
    return options.map((option) => comparison('=', left, option)).reduce(or);
  }

  #product(): Expression {
    let left = this.#factor();
    for (;;) {
      if (this.takeSign('*')) left = calculate(left, this.#factor(), (a, b) => a * b);
      else if (this.takeSign('/')) left = calculate(left, this.#factor(), (a, b) => a / b);
      else if (this.takeSign('%')) left = calculate(left, this.#factor(), (a, b) => a % b);
      else return left;
    }
  }

  #factor(): Expression {
    if (this.takeSign('-'))
      return calculate(
        () => 0,
        this.#nested(),
        (a, b) => a - b,
      );
    if (this.takeSign('+')) return this.#nested();
    if (this.takeSign('(')) {
      const inner = this.condition();
      this.#expectSign(')');
      return inner;
    }
    const token = this.#peek();
    if (token.kind === 'text' || token.kind === 'number') {
      this.#at++;
      const value = token.kind === 'text' ? token.text : Number(token.text);
      return () => value;
    }
    if (this.takeWord('true')) return () => true;
    if (this.takeWord('false')) return () => false;
    if (this.takeWord('null')) return () => null;
    const property = this.property();
    return (input) => valueOf(property, input);
  }

  #nested(): Expression {
    if (++this.#depth > MAX_DEPTH) throw sqlError('it is nested too deeply');
    const inner = this.#factor();
    this.#depth--;
    return inner;
  }

  #name(): string {
    const token = this.#peek();
    const usable = token.kind === 'name' || (token.kind === 'word' && !KEYWORDS.has(token.text.toLowerCase()));
    if (!usable) throw sqlError(token.kind === 'end' ? 'it ends too early' : `'${token.text}' was not expected`);
    this.#at++;
    return token.text;
  }

  #expectWord(word: string): void {
    if (!this.takeWord(word)) throw sqlError(`${word.toUpperCase()} was expected`);
  }

  #expectSign(sign: string): void {
    if (!this.takeSign(sign)) throw sqlError(`'${sign}' was expected`);
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '' };
  }
}

function valueOf({ scope, name }: { scope: 'user' | 'sys'; name: string }, input: FilterInput): SqlValue {
  return plain(scope === 'sys' ? systemProperty(input, name) : userProperty(input, name));
}

/** Property names are case-insensitive (Microsoft Learn, "Subscription rule SQL filter syntax"); the same case wins. */
function userProperty({ application }: FilterInput, name: string): Decoded {
  const exact = application.get(name);
  if (exact !== undefined) return exact;
  const wanted = name.toLowerCase();
  for (const [key, value] of application) if (typeof key === 'string' && key.toLowerCase() === wanted) return value;
  return null;
}

function plain(value: Decoded): SqlValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return typeof value === 'bigint' ? Number(value) : null;
}

const and = (left: Expression, right: Expression): Expression => {
  return (input) => {
    const a = left(input);
    if (a === false) return false;
    const b = right(input);
    if (b === false) return false;
    return a === true && b === true ? true : null;
  };
};

const or = (left: Expression, right: Expression): Expression => {
  return (input) => {
    const a = left(input);
    if (a === true) return true;
    const b = right(input);
    if (b === true) return true;
    return a === false && b === false ? false : null;
  };
};

const not = (inner: Expression): Expression => {
  return (input) => {
    const value = inner(input);
    return typeof value === 'boolean' ? !value : null;
  };
};

const negate = (negated: boolean, inner: Expression): Expression => (negated ? not(inner) : inner);

function comparison(sign: string, left: Expression, right: Expression): Expression {
  return (input) => {
    const a = left(input);
    const b = right(input);
    if (a === null || b === null) return null;
    if (typeof a !== typeof b) return sign === '<>' || sign === '!=';
    switch (sign) {
      case '=':
        return a === b;
      case '<':
        return a < b;
      case '<=':
        return a <= b;
      case '>':
        return a > b;
      case '>=':
        return a >= b;
      default:
        return a !== b;
    }
  };
}

/** Adds numbers and joins texts. */
function plus(left: Expression, right: Expression): Expression {
  return (input) => {
    const a = left(input);
    const b = right(input);
    if (typeof a === 'string' && typeof b === 'string') return a + b;
    return typeof a === 'number' && typeof b === 'number' ? a + b : null;
  };
}

function calculate(left: Expression, right: Expression, operation: (a: number, b: number) => number): Expression {
  return (input) => {
    const a = left(input);
    const b = right(input);
    if (typeof a !== 'number' || typeof b !== 'number') return null;
    const result = operation(a, b);
    return Number.isFinite(result) ? result : null;
  };
}
