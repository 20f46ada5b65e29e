import { z } from 'zod';

const renewal = z.object({ termDuration: z.string() });

const plainLine = z.object({
  catalogItemId: z.string().min(1),
  quantity: z.union([
    z.int(),
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number),
  ]),
  billingCycle: z.string().min(1),
  termDuration: z.string().nullish(),
  friendlyName: z.string().nullish(),
  currencyCode: z.string().nullish(),
  provisioningContext: z.record(z.string(), z.string()).nullish(),
  participants: z.array(z.object({ key: z.string(), value: z.coerce.string() })).nullish(),
  // A list in the page's table, an object in its examples.
  renewsTo: z.union([renewal, z.array(renewal).transform(([first]) => first)]).nullish(),
  promotionId: z.string().nullish(),
  attestationAccepted: z.boolean().nullish(),
  customTermEndDate: z.string().nullish(),
});

/** A cart as callers send it (page "cart-resources"): read-only members such as ids, groups and times are ignored. */
export const cartRequestSchema = z.object({
  lineItems: z.array(plainLine.extend({ addonItems: z.array(plainLine).nullish() })).min(1),
});
export type RequestedLine = z.infer<typeof plainLine>;
export type CartRequest = z.infer<typeof cartRequestSchema>;
