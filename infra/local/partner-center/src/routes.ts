import { controlRoutes } from './control/control';
import type { Route } from './http/route';
import { loginRoutes } from './identity/login';
import { availabilityRoutes } from './resources/availabilities';
import { cartRoutes } from './resources/carts';
import { checkoutRoutes } from './resources/checkout';
import { customerRoutes } from './resources/customers';
import { inventoryRoutes } from './resources/inventory';
import { invoiceRoutes } from './resources/invoices';
import { orderRoutes } from './resources/orders';
import { productRoutes } from './resources/products';
import { provisioningStatusRoutes } from './resources/provisioning-status';
import { registrationRoutes } from './resources/registrations';
import { skuRoutes } from './resources/skus';
import { statementRoutes } from './resources/statements';
import { subscriptionRoutes } from './resources/subscriptions';
import { activationLinkRoutes } from './resources/activation-links';
import { auditRecordRoutes } from './resources/audit-records';
import { cancellationRoutes } from './resources/cancellation';
import { entitlementRoutes } from './resources/entitlements';
import { estimateRoutes } from './resources/estimates';
import { lineItemRoutes } from './resources/line-items';
import { qualificationRoutes } from './resources/qualifications';
import { reservationArtifactRoutes } from './resources/reservation-artifacts';
import { summaryRoutes } from './resources/summaries';
import { validationStatusRoutes } from './resources/validation-status';
import { webhookRoutes } from './resources/webhooks';
import type { Settings } from './settings';

const customer = '/v1/customers/{customerId}';

/** Documented endpoints that are not imitated, though their paths are known for other methods: 501 rather than 405. */
export const missingRoutes: readonly Pick<Route, 'method' | 'path'>[] = [
  { method: 'POST', path: '/v1/customers' },
  { method: 'PATCH', path: customer },
  { method: 'DELETE', path: customer },
  { method: 'PUT', path: `${customer}/qualification` },
  { method: 'POST', path: `${customer}/orders` },
  { method: 'PATCH', path: `${customer}/subscriptions/{subscriptionId}` },
  { method: 'DELETE', path: '/webhooks/v1/registration' },
];

/** Everything the sandbox imitates, and its own endpoints: the table of contents. */
export const routes = (settings: Settings): readonly Route[] => [
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
  // Before the invoices: "summary" and "unbilled" are no invoice ids.
  ...summaryRoutes,
  ...estimateRoutes,
  ...lineItemRoutes,
  ...invoiceRoutes,
  ...statementRoutes,
  ...auditRecordRoutes,
  ...webhookRoutes,
  ...controlRoutes(settings),
  ...loginRoutes,
];
