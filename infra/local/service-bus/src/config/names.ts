import { z } from 'zod';

/** The names of queues and topics (Microsoft Learn, "Naming rules and restrictions for Azure resources", Microsoft.ServiceBus). */
export const entityName = z
  .string()
  .regex(
    /^(?=.{1,260}$)[A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?$/,
    'a name is up to 260 letters, digits, and . - _ / between them',
  );

/** The names of subscriptions and rules. */
export const shortName = z
  .string()
  .regex(
    /^(?=.{1,50}$)\$?[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/,
    'a name is up to 50 letters, digits, and . - _ between them',
  );
