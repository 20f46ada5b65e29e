import { z } from 'zod';
import { camelCase } from '#config/camel-case';
import { shortName } from '#config/names';
import type { CorrelationFilter, Filter, Rule } from '#definitions/settings';
import type { Element } from './xml';

const pair = z.object({
  Key: z.string(),
  Value: z.object({ '#text': z.string().default(''), '@p4:type': z.string() }),
});
const properties = z.object({ KeyValueOfstringanyType: z.union([pair.transform((one) => [one]), z.array(pair)]) });

/** Parameters of SQL expressions are not supported: they would change what the expression means. */
const noParameters = { Parameters: z.undefined().optional() };

const filter = z.discriminatedUnion('@p4:type', [
  z.object({
    '@p4:type': z.enum(['SqlFilter', 'TrueFilter', 'FalseFilter']),
    SqlExpression: z.string(),
    ...noParameters,
  }),
  z.object({
    '@p4:type': z.literal('CorrelationFilter'),
    CorrelationId: z.string().optional(),
    MessageId: z.string().optional(),
    To: z.string().optional(),
    ReplyTo: z.string().optional(),
    Label: z.string().optional(),
    SessionId: z.string().optional(),
    ReplyToSessionId: z.string().optional(),
    ContentType: z.string().optional(),
    Properties: properties.optional(),
  }),
]);

const action = z.object({ SqlExpression: z.string().optional(), ...noParameters });

const schema = z.object({ Name: shortName, Filter: filter, Action: action.optional() });

/** The rule that a description asks for. Throws a ZodError. */
export function readRule(description: unknown): Rule {
  const given = schema.parse(description);
  return { name: given.Name, filter: readFilter(given.Filter), action: given.Action?.SqlExpression };
}

function readFilter(given: z.infer<typeof filter>): Filter {
  if (given['@p4:type'] !== 'CorrelationFilter') return { kind: 'sql', expression: given.SqlExpression };
  const { '@p4:type': _, Properties, ...system } = given;
  const pairs = Properties?.KeyValueOfstringanyType.map(({ Key, Value }) => [Key, typed(Value)] as const) ?? [];
  return { kind: 'correlation', filter: { ...camelCase(system), properties: Object.fromEntries(pairs) } };
}

function typed(value: z.infer<typeof pair>['Value']): string | number | boolean {
  const text = value['#text'];
  const type = value['@p4:type'].replace(/^.*:/, '');
  if (type === 'boolean') return text === 'true';
  return ['int', 'long', 'double'].includes(type) ? Number(text) : text;
}

/** The description of a rule, as the SDK's admin client reads it. */
export function writeRule(rule: Rule): Element {
  return {
    name: 'RuleDescription',
    attributes: {
      xmlns: 'http://schemas.microsoft.com/netservices/2010/10/servicebus/connect',
      'xmlns:i': 'http://www.w3.org/2001/XMLSchema-instance',
    },
    content: [
      writeFilter(rule.filter),
      {
        name: 'Action',
        attributes: { 'i:type': rule.action === undefined ? 'EmptyRuleAction' : 'SqlRuleAction' },
        content: rule.action === undefined ? [] : [{ name: 'SqlExpression', content: rule.action }],
      },
      { name: 'Name', content: rule.name },
    ],
  };
}

function writeFilter(given: Filter): Element {
  switch (given.kind) {
    case 'true':
      return sql('TrueFilter', '1=1');
    case 'false':
      return sql('FalseFilter', '1=0');
    case 'sql':
      return sql('SqlFilter', given.expression);
    case 'correlation':
      return correlation(given.filter);
  }
}

function sql(type: string, expression: string): Element {
  return { name: 'Filter', attributes: { 'i:type': type }, content: [{ name: 'SqlExpression', content: expression }] };
}

function correlation({ properties: wanted, ...system }: CorrelationFilter): Element {
  const children: Element[] = [];
  for (const [name, value] of Object.entries(system)) {
    if (value !== undefined) children.push({ name: `${name.charAt(0).toUpperCase()}${name.slice(1)}`, content: value });
  }
  if (Object.keys(wanted).length > 0)
    children.push({ name: 'Properties', content: Object.entries(wanted).map(writePair) });
  return { name: 'Filter', attributes: { 'i:type': 'CorrelationFilter' }, content: children };
}

function writePair([key, value]: [string, string | number | boolean]): Element {
  const types = { string: 'string', number: 'double', boolean: 'boolean' } as const;
  const type = typeof value === 'number' ? types.number : typeof value === 'boolean' ? types.boolean : types.string;
  const attributes = { 'i:type': `d6p1:${type}`, 'xmlns:d6p1': 'http://www.w3.org/2001/XMLSchema' };
  const content = [
    { name: 'Key', content: key },
    { name: 'Value', attributes, content: value },
  ];
  return { name: 'KeyValueOfstringanyType', content };
}
