import { z } from 'zod';
import { limits, requestedMoney } from './limits';

/**
 * What a requester asks for: one customer, 1 to 50 lines. Unknown members are rejected, so that a misspelt member is
 * never silently ignored. The names of a line's members are Partner Center's own (page "Cart resources").
 */

const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be a GUID');
/** Product, SKU and offer ids are opaque; the pattern keeps paths and queries clean. */
const catalogueId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/, 'must be 1 to 64 letters, digits or hyphens');
const text = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters');

const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR');

const lineItem = z.strictObject({
  productId: catalogueId,
  skuId: catalogueId,
  quantity: z.int().min(1).max(1_000_000),
  billingCycle: z.enum(['monthly', 'annual', 'triennial', 'biennial', 'one_time', 'none']).optional(),
  termDuration: z
    .string()
    .regex(/^P(\d{1,3}[YMD]){1,3}$/, 'must be an ISO 8601 duration such as P1Y')
    .optional(),
  segment: z.enum(['commercial', 'education', 'government', 'nonprofit']).default('commercial'),
  currencyCode: currency.optional(),
  /** Exactly this availability and no other; its id changes, so it must have been read a short time ago. */
  availabilityId: catalogueId.optional(),
  /** The same, said with the whole id of the catalogue item. */
  catalogItemId: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}(:[A-Za-z0-9-]{1,64}){0,2}$/, 'must be productId:skuId:availabilityId')
    .optional(),
  friendlyName: text(128).optional(),
  attestationAccepted: z.boolean().optional(),
  promotionId: catalogueId.optional(),
  participants: z
    .array(
      z.strictObject({ key: z.enum(['transaction_reseller', 'additional_transaction_reseller']), value: text(32) }),
    )
    .max(6)
    .optional(),
  renewsTo: z.strictObject({ termDuration: z.string().regex(/^P\d{1,3}[YMD]$/) }).optional(),
  customTermEndDate: z.iso.datetime({ offset: true }).max(40).optional(),
  /** Reservations: the subscription (MS-AZR-0145P or Azure plan) that the reservation is for. */
  azureSubscriptionId: uuid.optional(),
  /** Reservations: whether one subscription benefits or all of the customer's. */
  reservationScope: z.enum(['single', 'shared']).optional(),
  /** Reservations: for an Azure plan, whose reservations are availabilities of their own (page "Purchase Azure reservations"). */
  forAzurePlan: z.boolean().optional(),
  /** Whatever else the SKU's provisioningVariables ask for, by their names. */
  provisioningContext: z
    .record(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/, 'must be a name of letters and digits'), text(256))
    .refine((entries) => Object.keys(entries).length <= 20, 'must not have more than 20 entries')
    .refine(
      (entries) => !Object.keys(entries).some((name) => /^(scope|subscriptionId|parentSubscriptionId)$/i.test(name)),
      'must not name scope or subscriptions: use reservationScope, azureSubscriptionId and parentSubscriptionId',
    )
    .optional(),
  /** An add-on to a subscription the customer already has. */
  parentSubscriptionId: uuid.optional(),
});

const requestedLine = lineItem.extend({ addonItems: z.array(lineItem).max(20).optional() });

const MOST_LINES = 200;

export const purchaseRequest = z.strictObject({
  schemaVersion: z.literal(1).default(1),
  customerId: uuid.transform((id) => id.toLowerCase()),
  /** With their add-ons at most 200: a purchase of more would not fit into a row and an event once it is ordered. */
  lines: z
    .array(requestedLine)
    .min(1)
    .max(50)
    .refine(
      (lines) => lines.reduce((count, { addonItems = [] }) => count + 1 + addonItems.length, 0) <= MOST_LINES,
      `must not have more than ${MOST_LINES} lines with their add-ons`,
    ),
  /** The same as another recent purchase, on purpose: not held as a possible duplicate. */
  allowDuplicate: z.boolean().optional(),
  /** The market to buy in; without it the customer's own country. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code such as DE')
    .optional(),
  /** The currency of every line that names none of its own. */
  currency: currency.optional(),
  /** What the purchase may be at most, checked with the cart's own prices before anything is bought. */
  limits: limits.optional(),
  /** What a dry run said the purchase would cost: at any other price it is rejected. */
  quote: requestedMoney.optional(),
  /** Stops before checkout, with the priced cart as a quote. */
  dryRun: z.boolean().optional(),
  /** The requester's own reference for the purchase, such as a purchase order number. Echoed in every event. */
  reference: text(128).optional(),
  metadata: z
    .record(z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/), text(256))
    .refine((entries) => Object.keys(entries).length <= 20, 'must not have more than 20 entries')
    .optional(),
});

export type PurchaseRequest = z.infer<typeof purchaseRequest>;
export type RequestedLine = z.infer<typeof lineItem>;

/** A line and where it stands in the request: `1` is the first line, `1.2` the second add-on of the first line. */
export interface PlacedLine {
  lineId: string;
  line: RequestedLine;
}

/** Every line of a request, add-ons right behind their parent: the order in which a cart numbers its lines. */
export function placedLines(request: PurchaseRequest): PlacedLine[] {
  return request.lines.flatMap(({ addonItems = [], ...line }, index) => [
    { lineId: `${index + 1}`, line },
    ...addonItems.map((addon, at) => ({ lineId: `${index + 1}.${at + 1}`, line: addon })),
  ]);
}
