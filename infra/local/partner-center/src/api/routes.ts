import type { Route } from '#model/route';
import { activationLinkRoutes } from './activation-links';
import { auditRecordRoutes } from './audit-records';
import { availabilityRoutes } from './availabilities';
import { cancellationRoutes } from './cancellation';
import { cartRoutes } from './carts';
import { checkoutRoutes } from './checkout';
import { customerRoutes } from './customers';
import { entitlementRoutes } from './entitlements';
import { estimateRoutes } from './estimates';
import { inventoryRoutes } from './inventory';
import { invoiceRoutes } from './invoices';
import { lineItemRoutes } from './line-items';
import { orderRoutes } from './orders';
import { productRoutes } from './products';
import { provisioningStatusRoutes } from './provisioning-status';
import { qualificationRoutes } from './qualifications';
import { registrationRoutes } from './registrations';
import { reservationArtifactRoutes } from './reservation-artifacts';
import { skuRoutes } from './skus';
import { statementRoutes } from './statements';
import { subscriptionRoutes } from './subscriptions';
import { summaryRoutes } from './summaries';
import { validationStatusRoutes } from './validation-status';
import { webhookRoutes } from './webhooks';

const CUSTOMER = '/v1/customers/{customerId}';

/** Documented endpoints that are not imitated, on paths that have other methods: they answer 501, not 405. */
export const MISSING_ROUTES: readonly Pick<Route, 'method' | 'path'>[] = [
  { method: 'POST', path: '/v1/customers' },
  { method: 'PATCH', path: CUSTOMER },
  { method: 'DELETE', path: CUSTOMER },
  { method: 'PUT', path: `${CUSTOMER}/qualification` },
  { method: 'POST', path: `${CUSTOMER}/orders` },
  { method: 'PATCH', path: `${CUSTOMER}/subscriptions/{subscriptionId}` },
  { method: 'DELETE', path: '/webhooks/v1/registration' },
];

/** The endpoints of the API that the sandbox imitates: the table of contents. */
export const apiRoutes: readonly Route[] = [
  ...customerRoutes,
  ...qualificationRoutes,
  ...validationStatusRoutes,
  ...productRoutes,
  ...skuRoutes,
  ...availabilityRoutes,
  ...inventoryRoutes,
  ...cartRoutes,
  ...checkoutRoutes,
  ...orderRoutes,
  ...cancellationRoutes,
  ...activationLinkRoutes,
  ...provisioningStatusRoutes,
  ...subscriptionRoutes,
  ...registrationRoutes,
  ...entitlementRoutes,
  ...reservationArtifactRoutes,
  // Before the invoices: "summary" and "unbilled" are not invoice ids.
  ...summaryRoutes,
  ...estimateRoutes,
  ...lineItemRoutes,
  ...invoiceRoutes,
  ...statementRoutes,
  ...auditRecordRoutes,
  ...webhookRoutes,
];
