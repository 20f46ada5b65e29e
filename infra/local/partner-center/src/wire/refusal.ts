/** An error of the API: its status, code and description. Thrown by rules and resources, written by the server. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: number;
  readonly #isNewer: boolean;

  /** `isNewer`: of a service that uses the newer fault body. */
  constructor(status: number, code: number, description: string, isNewer = false) {
    super(description);
    this.status = status;
    this.code = code;
    this.#isNewer = isNewer;
  }

  /** The fault body. Most services use the older shape, some the newer one (pages "error-codes", "retrieve-validation-status"). */
  body(): object {
    if (!this.#isNewer) return { code: this.code, description: this.message, data: [], source: 'PartnerFD' };
    return {
      code: this.code,
      message: this.message,
      description: this.message,
      errorName: 'RequestRefused',
      isRetryable: this.status >= 500,
      parameters: {},
      errorMessageExtended: `InternalErrorCode=${this.code}`,
    };
  }
}

/** Statuses and codes of the page "error-codes"; the descriptions are the sandbox's own. */
const REFUSALS = {
  accessDenied: [401, 400, 'Access denied: the token is not valid, or has expired.'],
  noToken: [401, 800001, 'There is no partner token in the request.'],
  retiredAudience: [401, 900420, 'The token audience is no longer supported; use the Partner Center audience.'],
  appOnlyToken: [403, 900329, 'This endpoint needs an App+User token; it refuses app-only tokens.'],
  noRelation: [403, 20002, 'The partner has no commerce relation with the customer.'],
  customerIdInvalid: [400, 900118, 'The customer id is not valid.'],
  customerUnknown: [404, 60003, 'The tenant was not found.'],
  invalidInput: [400, 800002, 'The input is not valid.'],
  invalidEnum: [400, 900126, 'A value of an enumeration was not understood.'],
  requestReused: [400, 800002, 'The MS-RequestId was already used for a request with another body.'],
  segmentRefused: [403, 400030, 'The targetSegment is not allowed.'],
  viewRefused: [403, 400036, 'The targetView is not allowed.'],
  productUnknown: [404, 400013, 'The product was not found.'],
  skuUnknown: [404, 400018, 'The SKU was not found.'],
  availabilityUnknown: [404, 400019, 'The availability was not found.'],
  cartUnknown: [404, 800008, 'The cart was not found.'],
  cartHasErrors: [400, 800009, 'One or more cart items have errors.'],
  cartBusy: [409, 800064, 'The cart is being processed by another request.'],
  cartSubmitted: [400, 800065, 'The cart was already submitted.'],
  orderInProgress: [409, 800060, 'An order is in progress; check the order history in a few minutes.'],
  orderAdjusting: [409, 800014, 'Another change of the order is pending.'],
  inventoryGone: [400, 800010, 'There is no inventory for one or more items.'],
  agreementMissing: [403, 13605, 'The customer has not accepted the Microsoft Customer Agreement.'],
  underReview: [403, 800073, 'The customer account is under review.'],
  notApproved: [403, 800075, 'The customer account is not approved.'],
  customerLocked: [403, 900416, 'The customer account is locked for transactions.'],
  orderUnknown: [404, 20000, 'The order was not found.'],
  provisioningUnknown: [404, 800007, 'The provisioning information is not available.'],
  cannotCancel: [400, 800061, 'The order cannot be cancelled.'],
  onlySoftwareCancels: [403, 800019, 'Outside the sandbox only software can be cancelled.'],
  saasCancelsElsewhere: [403, 800077, 'A SaaS purchase is cancelled through its subscription.'],
  cancelWindowPassed: [400, 900117, 'The cancellation window has passed.'],
  lineOutOfRange: [400, 800071, 'The line item number is out of range.'],
  subscriptionUnknown: [404, 20003, 'The subscription was not found.'],
  notAzure: [400, 800011, 'The subscription is not an Azure subscription.'],
  notActive: [400, 800012, 'The subscription is not active.'],
  notFound: [404, 1000, 'The resource was not found.'],
  noValidationStatus: [404, 600074, 'The customer has no account validation status.', true],
  unexpected: [500, 800003, 'An unexpected service error happened.'],
} as const satisfies Record<string, readonly [number, number, string, boolean?]>;

/** The name of a refusal. */
export type RefusalName = keyof typeof REFUSALS;

/** The named refusal, ready to be thrown; `detail` is added to its description. */
export function refusal(name: RefusalName, detail?: string): Refusal {
  const [status, code, description, isNewer] = REFUSALS[name];
  return new Refusal(status, code, detail === undefined ? description : `${description} ${detail}`, isNewer);
}
