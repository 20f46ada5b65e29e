import type { Decoded } from './amqp/value';
import { type Content, readProperties } from './content';
import type { CorrelationFilter, Filter } from './settings';

/** What a filter looks at, decoded once for all subscriptions. */
export interface Facts {
  properties: Decoded[];
  application: ReadonlyMap<Decoded, Decoded>;
}

/** Where a correlation filter's system property stands in the properties section (OASIS AMQP 1.0, 3.2.4). */
const positions = {
  messageId: 0,
  to: 2,
  label: 3,
  replyTo: 4,
  correlationId: 5,
  contentType: 6,
  sessionId: 10,
  replyToSessionId: 12,
} as const satisfies Partial<Record<keyof CorrelationFilter, number>>;

/** The facts of a message. */
export function factsOf(content: Content): Facts {
  return readProperties(content);
}

/** True when the filter lets the message through. */
export function matches(filter: Filter, facts: Facts): boolean {
  switch (filter.kind) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'correlation':
      return correlates(filter.filter, facts);
    case 'sql':
      return false;
  }
}

function correlates(filter: CorrelationFilter, facts: Facts): boolean {
  for (const [name, position] of entries(positions)) {
    const wanted = filter[name];
    if (wanted !== undefined && facts.properties[position] !== wanted) return false;
  }
  return Object.entries(filter.properties).every(([name, wanted]) => facts.application.get(name) === wanted);
}

function entries<K extends string, V>(record: Record<K, V>): [K, V][];
function entries(record: Record<string, unknown>): [string, unknown][] {
  return Object.entries(record);
}
