import { z } from 'zod';
import { clockStepSchema } from './clock';

/** When a fault strikes: members of every kind. */
const WHEN = {
  /** Names of routes (`checkout`, `createCart`…; of events for webhook faults), or "*" for all. */
  route: z.union([z.string(), z.array(z.string())]).default('*'),
  /** How often it strikes: once by default, without limit when there is a probability. */
  times: z.number().int().positive().optional(),
  /** How many calls pass first. */
  skip: z.number().int().min(0).default(0),
  /** Strikes at random; the same seed gives the same sequence. */
  probability: z.number().min(0).max(1).optional(),
  seed: z.number().int().default(1),
};
const effect = z.boolean().default(false);
const seconds = z.number().min(0).max(3600);

/** The failures that can be asked for; the README describes each. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...WHEN, kind: z.literal('reset-before') }),
  z.strictObject({ ...WHEN, kind: z.literal('lost-answer') }),
  z.strictObject({
    ...WHEN,
    kind: z.literal('late-effect'),
    seconds: seconds.default(2),
    hang: z.boolean().default(false),
  }),
  z.strictObject({ ...WHEN, kind: z.literal('hang'), effect }),
  z.strictObject({
    ...WHEN,
    kind: z.literal('error'),
    status: z.number().int().min(400).max(599).default(500),
    code: z.number().int().default(800003),
    effect,
  }),
  z.strictObject({
    ...WHEN,
    kind: z.literal('throttle'),
    seconds: seconds.default(1),
    retryAfter: z.enum(['seconds', 'date', 'none']).default('seconds'),
  }),
  z.strictObject({ ...WHEN, kind: z.literal('html'), status: z.number().int().min(500).max(599).default(502), effect }),
  z.strictObject({ ...WHEN, kind: z.literal('truncated'), cut: z.boolean().default(false) }),
  z.strictObject({ ...WHEN, kind: z.literal('wrong-types'), field: z.string().optional() }),
  z.strictObject({
    ...WHEN,
    kind: z.literal('change-answer'),
    /** Where in the answer: names and places in lists with dots between, as `items.1.currencyCode`. */
    at: z.string().min(1),
    /** What stands there instead; left out, the member is taken away. */
    value: z.json().optional(),
  }),
  z.strictObject({ ...WHEN, kind: z.literal('item-unavailable') }),
  z.strictObject({ ...WHEN, kind: z.literal('redirect'), location: z.string().regex(/^[ -~]*$/) }),
  z.strictObject({ ...WHEN, kind: z.literal('huge'), megabytes: z.number().positive().max(1000).default(50) }),
  z.strictObject({ ...WHEN, kind: z.literal('drip'), seconds: seconds.default(5) }),
  z.strictObject({ ...WHEN, kind: z.literal('delay'), seconds, effect: z.enum(['first', 'last']).default('last') }),
  z.strictObject({ ...WHEN, kind: z.literal('expire-tokens') }),
  z.strictObject({ ...WHEN, kind: z.literal('rotate-availabilities') }),
  z.strictObject({
    ...WHEN,
    kind: z.literal('lose-inventory'),
    productId: z.string(),
    skuId: z.string(),
    lost: z.boolean().default(true),
  }),
  z.strictObject({
    ...WHEN,
    kind: z.literal('webhook'),
    how: z.enum(['twice', 'late', 'bad-signature', 'lost']),
    seconds: seconds.default(2),
  }),
  z.strictObject({ ...WHEN, kind: z.literal('move-clock'), seconds: clockStepSchema }),
  z.strictObject({
    ...WHEN,
    kind: z.literal('order-error'),
    code: z.number().int().default(800005),
    group: z.string().optional(),
  }),
]);
export type Fault = z.infer<typeof faultSchema>;
/** The faults of one kind. */
export type FaultOf<Kind extends Fault['kind']> = Extract<Fault, { kind: Kind }>;
/** Faults that strike a call, rather than an order group or an event. */
export type CallFault = Exclude<Fault, { kind: 'order-error' | 'webhook' }>;
