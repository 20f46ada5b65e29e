import { z } from 'zod';

/** What `POST /faults` takes. What is left out stays as it is. */
export const faultsSchema = z
  .strictObject({
    /** Every message is delivered once more after its first completion, as if that had been lost; the second one counts. */
    deliverTwice: z.boolean(),
    /** Cuts all connections now. */
    dropConnections: z.literal(true),
    /** How many of the next sends are refused with `com.microsoft:server-busy`. */
    serverBusy: z.number().int().min(0),
    /** Milliseconds every acknowledgement waits. */
    delayAcknowledgements: z.number().int().min(0).max(600_000),
    /** Takes all present locks away, as if they had expired. */
    loseLocks: z.literal(true),
    /** Milliseconds to move the broker's clock by. */
    moveClock: z.number().int(),
    /** Every write to the journal fails. */
    diskFull: z.boolean(),
  })
  .partial();
