import { z } from 'zod';

/** What the sandbox keeps. Times are milliseconds of the sandbox's clock, amounts whole hundredths of their currency. */

const addressSchema = z.object({
  country: z.string(),
  region: z.string().optional(),
  city: z.string(),
  state: z.string().optional(),
  addressLine1: z.string(),
  postalCode: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  phoneNumber: z.string(),
});

const qualificationSchema = z.object({
  qualification: z.string(),
  vettingStatus: z.string().optional(),
  vettingReason: z.string().optional(),
  vettingCreatedDate: z.string().optional(),
});

export const customerSchema = z.object({
  id: z.string(),
  commerceId: z.string(),
  billingProfileId: z.string(),
  companyName: z.string(),
  domain: z.string(),
  email: z.string(),
  culture: z.string(),
  address: addressSchema,
  relationshipToPartner: z.enum(['none', 'reseller', 'advisor', 'syndication', 'microsoft_support']),
  qualifications: z.array(qualificationSchema),
  /** Absent = the customer has no account validation status, which is how most customers are. */
  validationStatus: z.enum(['Allowed', 'UnderReview', 'NotAllowed', 'Unknown', 'Not Ready']).optional(),
  agreementConfirmed: z.boolean(),
  locked: z.boolean(),
  /** Nobody finds a customer that was just made before this moment. */
  knownFrom: z.number().optional(),
});
export type Customer = z.infer<typeof customerSchema>;

const lineErrorSchema = z.object({
  errorCode: z.number(),
  errorDescription: z.string(),
  additionalInformation: z.string().optional(),
});
export type LineError = z.infer<typeof lineErrorSchema>;

const participantSchema = z.object({ key: z.string(), value: z.string() });

/** What a cart line and the order line made from it have in common. */
export const boughtSchema = z.object({
  catalogItemId: z.string(),
  quantity: z.number(),
  termDuration: z.string().optional(),
  participants: z.array(participantSchema).optional(),
  provisioningContext: z.record(z.string(), z.string()).optional(),
  renewsTo: z.object({ termDuration: z.string() }).optional(),
  promotionId: z.string().optional(),
  attestationAccepted: z.boolean().optional(),
  customTermEndDate: z.string().optional(),
});

const plainLineSchema = boughtSchema.extend({
  id: z.number(),
  friendlyName: z.string().optional(),
  currencyCode: z.string(),
  billingCycle: z.string(),
  orderGroup: z.string(),
  /** Amounts as the API writes them, by their names. */
  pricing: z.record(z.string(), z.number()).optional(),
  error: lineErrorSchema.optional(),
});

const cartLineSchema = plainLineSchema.extend({ addonItems: z.array(plainLineSchema).optional() });
export type CartLine = z.infer<typeof cartLineSchema>;
export type PlainCartLine = z.infer<typeof plainLineSchema>;

export const cartSchema = z.object({
  id: z.string(),
  customerId: z.string(),
  createdAt: z.number(),
  modifiedAt: z.number(),
  expiresAt: z.number(),
  user: z.string(),
  status: z.enum(['Active', 'Ordered']),
  lines: z.array(cartLineSchema),
  /** The order that each group became; a group that failed is missing, and the next checkout tries it again. */
  placed: z.array(z.object({ orderGroup: z.string(), orderId: z.string() })),
});
export type Cart = z.infer<typeof cartSchema>;

const orderLineSchema = boughtSchema.extend({
  cartLineId: z.number(),
  friendlyName: z.string(),
  cancelled: z.boolean(),
  /** It was ordered and never came: of an order that was fulfilled in part. */
  unfulfilled: z.boolean().optional(),
  subscriptionId: z.string().optional(),
  parentSubscriptionId: z.string().optional(),
  unitCents: z.number().int(),
});
export type OrderLine = z.infer<typeof orderLineSchema>;

export const orderSchema = z.object({
  id: z.string(),
  alternateId: z.string(),
  customerId: z.string(),
  country: z.string(),
  /** Bought through the older commerce: completed at once, GUID as id, etag. */
  legacy: z.boolean(),
  billingCycle: z.string(),
  currencyCode: z.string(),
  createdAt: z.number(),
  creationDate: z.string(),
  /** From this moment on the order is completed and what it bought is provisioned. */
  completesAt: z.number(),
  /** A status that was asked for, which the order keeps until it gets another. */
  status: z.string().optional(),
  lines: z.array(orderLineSchema),
  /** Has it been on an invoice? Monthly orders are on one every month. */
  billed: z.boolean().default(false),
  cause: z.object({
    cartId: z.string(),
    orderGroup: z.string(),
    requestId: z.string(),
    correlationId: z.string(),
  }),
});
export type Order = z.infer<typeof orderSchema>;

export const subscriptionSchema = z.object({
  id: z.string(),
  customerId: z.string(),
  offerId: z.string(),
  offerName: z.string(),
  friendlyName: z.string(),
  productType: z.string().optional(),
  country: z.string(),
  quantity: z.number(),
  unitType: z.string(),
  parentSubscriptionId: z.string().optional(),
  createdAt: z.number(),
  /** Provisioning is asynchronous: before this moment the subscription cannot be seen. */
  visibleAt: z.number(),
  endsAt: z.number().optional(),
  status: z.enum(['none', 'active', 'pending', 'suspended', 'expired', 'deleted']),
  billingType: z.enum(['usage', 'license', 'none']),
  billingCycle: z.string(),
  termDuration: z.string().optional(),
  orderId: z.string(),
  registeredAt: z.number().optional(),
});
export type Subscription = z.infer<typeof subscriptionSchema>;

const invoiceCore = z.object({
  id: z.string(),
  issuedAt: z.number(),
  periodStart: z.number(),
  periodEnd: z.number(),
  totalCents: z.number().int(),
  paidCents: z.number().int(),
  currencyCode: z.string(),
  invoiceType: z.enum(['Recurring', 'OneTime']),
  documentType: z.enum(['invoice', 'void_note', 'adjustment_note']),
  amendsOf: z.string().optional(),
  taxReceiptIds: z.array(z.string()),
  /** The order lines it bills; the seeded invoices have none, but generated line items. */
  billedLines: z.array(z.object({ orderId: z.string(), index: z.number() })),
});
export const invoiceSchema = invoiceCore.extend({ amendments: z.array(invoiceCore) });
export type Invoice = z.infer<typeof invoiceSchema>;
export type InvoiceDocument = z.infer<typeof invoiceCore>;

/** The answer to a write, kept for 24 hours and given again when its MS-RequestId is repeated. */
export const rememberedRequestSchema = z.object({
  at: z.number(),
  bodyHash: z.string(),
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});

export const refreshTokenSchema = z.object({ mfa: z.boolean(), used: z.boolean(), revoked: z.boolean() });

export const auditSchema = z.object({
  id: z.string(),
  at: z.number(),
  customerId: z.string().optional(),
  customerName: z.string().optional(),
  user: z.string(),
  applicationId: z.string(),
  resourceType: z.string(),
  operationType: z.string(),
  newValue: z.string(),
  correlationId: z.string(),
  customizedData: z.array(z.object({ key: z.string(), value: z.string() })),
});
export type AuditRecord = z.infer<typeof auditSchema>;

export const webhookSchema = z.object({
  subscriberId: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  msSignatureHeader: z.boolean(),
  properties: z.record(z.string(), z.string()).optional(),
  modifiedAt: z.number(),
});
export type WebhookRegistration = z.infer<typeof webhookSchema>;

export const deliverySchema = z.object({
  id: z.string(),
  eventName: z.string(),
  resourceUri: z.string(),
  changedAt: z.number(),
  /** When to try (again). */
  dueAt: z.number(),
  status: z.enum(['pending', 'completed', 'offline']),
  results: z.array(
    z.object({ responseCode: z.string(), responseMessage: z.string(), systemError: z.boolean(), at: z.number() }),
  ),
});
export type Delivery = z.infer<typeof deliverySchema>;

/** Single values: the clock's offset, the seed date, the key that signs tokens, the catalogue's rotation. */
export const valueSchema = z.union([z.number(), z.string()]);
