import { encode } from '#amqp/writer';
import type { FilterInput } from '#messages/filter-input';
import { type Expression, SqlParser, type SqlValue } from './sql-filter';
import { sqlError, tokenize } from './sql-lexer';

/** What a rule action does to a message: application properties to set, as encoded values, and undefined for those to remove. */
export type SqlAction = (input: FilterInput) => ReadonlyMap<string, Buffer | undefined>;

interface Statement {
  readonly name: string;
  readonly value: Expression | undefined;
}

/**
 * Reads an SQL rule action: `SET name = expression` and `REMOVE name`, separated by semicolons or blanks, for application properties.
 * Later statements see what earlier ones set. Throws AmqpError for anything else.
 */
export function compileAction(action: string): SqlAction {
  const parser = new SqlParser(tokenize(action));
  const statements: Statement[] = [];
  while (!parser.ended) {
    statements.push(statement(parser));
    while (parser.takeSign(';'));
  }
  return (input) => run(statements, input);
}

function statement(parser: SqlParser): Statement {
  const removes = !parser.takeWord('set');
  if (removes && !parser.takeWord('remove')) throw sqlError('SET or REMOVE was expected');
  const { scope, name } = parser.property();
  if (scope === 'sys') throw sqlError('an action can change application properties only');
  if (removes) return { name, value: undefined };
  if (!parser.takeSign('=')) throw sqlError("'=' was expected");
  return { name, value: parser.operand() };
}

function run(statements: readonly Statement[], input: FilterInput): ReadonlyMap<string, Buffer | undefined> {
  const application = new Map(input.application);
  const changes = new Map<string, Buffer | undefined>();
  for (const { name, value } of statements) {
    const result = value?.({ ...input, application }) ?? null;
    application.set(name, result);
    changes.set(name, value === undefined ? undefined : encoded(result));
  }
  return changes;
}

function encoded(value: SqlValue): Buffer {
  if (typeof value !== 'number') return encode(value);
  return encode({ type: Number.isSafeInteger(value) ? 'long' : 'double', value });
}
