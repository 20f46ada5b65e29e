import type { Decoded } from '#amqp/value';

/** What filters look at, decoded once for all subscriptions: the properties section by position, and the application properties. */
export interface FilterInput {
  readonly properties: Decoded[];
  readonly application: ReadonlyMap<Decoded, Decoded>;
}

/** Where the properties that Service Bus calls system properties stand in the properties section (OASIS AMQP 1.0, 3.2.4). */
const POSITIONS = {
  messageId: 0,
  to: 2,
  label: 3,
  replyTo: 4,
  correlationId: 5,
  contentType: 6,
  sessionId: 10,
  replyToSessionId: 12,
} as const;

const POSITION_BY_NAME = new Map<string, number>([
  ...Object.entries(POSITIONS).map(([name, position]): [string, number] => [name.toLowerCase(), position]),
  ['subject', POSITIONS.label],
]);

/** A system property by its name in any case, or null. */
export function systemProperty(input: FilterInput, name: string): Decoded {
  const position = POSITION_BY_NAME.get(name.toLowerCase());
  return position === undefined ? null : (input.properties[position] ?? null);
}
