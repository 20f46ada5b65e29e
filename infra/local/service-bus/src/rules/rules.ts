import type { Rule } from '#definitions/settings';
import { type Content, withApplicationProperties } from '#messages/content';
import type { FilterInput } from '#messages/filter-input';
import { type Predicate, predicateOf } from './filters';
import { type SqlAction, compileAction } from './sql-action';

interface CompiledRule {
  readonly matches: Predicate;
  readonly action: SqlAction | undefined;
}

/** A subscription's rules, compiled. */
export class Rules {
  readonly #rules: CompiledRule[];

  /** Throws AmqpError for a filter or action that can't be understood. */
  constructor(rules: readonly Rule[]) {
    this.#rules = rules.map(({ filter, action }) => ({
      matches: predicateOf(filter),
      action: action === undefined ? undefined : compileAction(action),
    }));
  }

  /**
   * The copies of a message that the subscription takes: one when any rule without an action matches it, and a changed
   * one for every rule with an action (Microsoft Learn, "Topic filters and actions").
   */
  apply(content: Content, input: FilterInput): Content[] {
    const matching = this.#rules.filter(({ matches }) => matches(input));
    const copies: Content[] = matching.some(({ action }) => !action) ? [content] : [];
    for (const { action } of matching) if (action) copies.push(withApplicationProperties(content, action(input)));
    return copies;
  }
}
