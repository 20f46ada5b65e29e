import { z } from 'zod';

/** Money as a request writes it. */
export const requestedMoney = z.strictObject({
  value: z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'must be a decimal string such as 1500.00'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR'),
});

/** How much one purchase may be, at most: pieces over all its lines, and money. */
export const limits = z.strictObject({
  quantity: z.int().min(1).optional(),
  amount: requestedMoney.optional(),
  /**
   * What the amount is compared with: all that the customer commits to (EUR 50 a month for a year is 600), which is the
   * default, or one charge.
   */
  amountOf: z.enum(['commitment', 'charge']).optional(),
});
export type Limits = z.infer<typeof limits>;
