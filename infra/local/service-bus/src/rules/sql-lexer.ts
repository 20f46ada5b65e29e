import { AmqpError } from '#amqp/amqp-error';

/** A token of an SQL filter: names and keywords, quoted names, texts, numbers, and signs. */
export interface Token {
  readonly kind: 'word' | 'name' | 'text' | 'number' | 'sign' | 'end';
  readonly text: string;
}

const PATTERN =
  /\s*(?:(?<text>N?'(?:[^']|'')*')|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>\[(?:[^\]]|\]\])+\]|"(?:[^"]|"")+")|(?<word>[A-Za-z_@#][\w@#$-]*)|(?<sign><>|!=|<=|>=|[=<>()+\-*/%,.;]))/y;

/** Cuts an expression into tokens. Throws AmqpError for anything else. */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  const end = expression.trimEnd().length;
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < end) {
    const at = PATTERN.lastIndex;
    const groups = PATTERN.exec(expression)?.groups;
    if (!groups) throw sqlError(`'${expression.slice(at, at + 20)}' can't be understood`);
    tokens.push(tokenOf(groups));
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

function tokenOf(groups: Record<string, string | undefined>): Token {
  const { text, number, name, word, sign } = groups;
  if (text !== undefined) return { kind: 'text', text: text.slice(text.indexOf("'") + 1, -1).replaceAll("''", "'") };
  if (number !== undefined) return { kind: 'number', text: number };
  if (name !== undefined) return { kind: 'name', text: name.slice(1, -1).replaceAll(']]', ']').replaceAll('""', '"') };
  if (word !== undefined) return { kind: 'word', text: word };
  return { kind: 'sign', text: sign ?? '' };
}

/** The error for an expression of a filter or action. */
export function sqlError(what: string): AmqpError {
  return new AmqpError('amqp:invalid-field', `The SQL expression is not valid: ${what}.`);
}
