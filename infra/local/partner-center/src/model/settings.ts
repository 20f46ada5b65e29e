import { z } from 'zod';

/** A time span of at most 31 years, so that every date made with it can be written. */
const seconds = z.number().min(0).max(1e9);

/**
 * Every setting of the sandbox, with its default and its meaning. On the command line the names are in kebab-case
 * (`--order-delay-seconds 0`, `--request-memory off`); while it runs, `POST /sandbox/settings` changes them.
 */
export const settingsSchema = z.object({
  latencyMs: z.number().min(0).max(3_600_000).default(0).describe('added to every API call'),
  orderDelaySeconds: seconds.default(2).describe('an order is pending this long, then completed and provisioned'),
  listLagSeconds: seconds
    .default(5)
    .describe('a new order is missing from lists this long; up to 900 in the real service'),
  orderReadLagSeconds: seconds.default(0).describe('a new order answers 404/20000 by id this long'),
  registrationDelaySeconds: seconds.default(2).describe('a subscription is registering this long, then registered'),
  cartLifeSeconds: seconds.positive().default(604_800).describe('a cart expires after this time'),
  tokenLifeSeconds: seconds.positive().default(3600).describe('life of an access token'),
  cancelWindowSeconds: seconds.default(2_592_000).describe('software can be cancelled this long'),
  requestMemory: z.boolean().default(true).describe('off: a repeated MS-RequestId is a new request'),
  orderedCartGuard: z.boolean().default(true).describe('off: checking out an ordered cart buys a second time'),
  checkoutReplay: z
    .enum(['return-result', 'error-800065'])
    .default('return-result')
    .describe('what the second checkout of an ordered cart answers'),
  refreshTokenReuse: z.boolean().default(true).describe('off: a rotated refresh token works once only'),
  throttlePerMinute: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('429 above this rate per tenant; 0: never; 500 in the real service'),
  cartsPerMinute: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('429 above this rate of cart writes per customer; 0: never'),
  cloud: z
    .enum(['global', 'china'])
    .default('global')
    .describe('whose token audience is accepted; the US government and Germany share the global one'),
  partnerModel: z
    .enum(['indirect-provider', 'direct-bill'])
    .default('indirect-provider')
    .describe('direct-bill: participants of a cart line are refused with 10004'),
  microsoftSandbox: z.boolean().default(false).describe("limits and cancellation rules of Microsoft's own sandbox"),
  statementDelaySeconds: seconds.default(0).describe('the PDF of a new invoice answers 404 this long'),
  perpetualSoftware: z.boolean().default(true).describe('off: the partner is not qualified for perpetual software'),
  invoicePaging: z.boolean().default(true).describe('off: the invoice list ignores size and offset'),
  splitEveryLine: z
    .boolean()
    .default(false)
    .describe('an order group per cart line, so that a client cannot predict the groups'),
  echoTwice: z.boolean().default(false).describe('ids are echoed twice: "a,a"'),
  byteOrderMark: z.boolean().default(false).describe('JSON bodies start with U+FEFF'),
  gzipFromBytes: z
    .number()
    .min(0)
    .default(4096)
    .describe('bodies from this size on are compressed, if the caller allows it'),
  lineItems: z
    .number()
    .int()
    .min(0)
    .max(10_000_000)
    .default(25)
    .describe('generated line items of every kind per invoice'),
  webhookRetrySeconds: seconds.default(5).describe('pause between the 10 attempts to deliver an event'),
});
export type Settings = z.infer<typeof settingsSchema>;
