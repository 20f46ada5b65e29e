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
import type { Settings } from './settings';

/** Everything the sandbox imitates, and its own endpoints: the table of contents. */
export const routes = (settings: Settings): readonly Route[] => [
  ...customerRoutes,
  ...productRoutes,
  ...skuRoutes,
  ...availabilityRoutes,
  ...inventoryRoutes,
  ...cartRoutes,
  ...checkoutRoutes,
  ...orderRoutes,
  ...provisioningStatusRoutes,
  ...subscriptionRoutes,
  ...registrationRoutes,
  ...invoiceRoutes,
  ...statementRoutes,
  ...controlRoutes(settings),
  ...loginRoutes,
];
