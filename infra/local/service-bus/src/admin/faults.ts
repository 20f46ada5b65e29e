import { z } from 'zod';
import type { Message } from '#messages/message';
import type { Queue } from '#queues/queue';

/** What `POST /faults` takes. What is left out stays as it is. */
export const faultsSchema = z
  .strictObject({
    /** Every message is delivered once more after its first completion, as if that had been lost; the second one counts. */
    deliverTwice: z.boolean(),
    /** Cuts all connections now. */
    dropConnections: z.literal(true),
    /** Refuses the next so many sends with `com.microsoft:server-busy`. */
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

export type FaultOrder = z.infer<typeof faultsSchema>;

/** The faults that last, as tests ordered them. All are off at start. */
export class Faults {
  delay = 0;
  private busy = 0;
  private twice: Map<Queue, Set<number>> | undefined;

  order(order: FaultOrder): void {
    if (order.deliverTwice !== undefined) this.twice = order.deliverTwice ? new Map() : undefined;
    if (order.serverBusy !== undefined) this.busy = order.serverBusy;
    if (order.delayAcknowledgements !== undefined) this.delay = order.delayAcknowledgements;
  }

  /** True when this send is to be refused. */
  refusesSend(): boolean {
    if (this.busy === 0) return false;
    this.busy--;
    return true;
  }

  /** True when this completion is to be lost. */
  losesCompletion(queue: Queue, message: Message): boolean {
    if (!this.twice) return false;
    const seen = this.twice.get(queue) ?? new Set();
    this.twice.set(queue, seen);
    if (seen.delete(message.sequence)) return false;
    seen.add(message.sequence);
    return true;
  }

  /** Runs `acknowledge` now, or later when acknowledgements are delayed. */
  acknowledge(acknowledge: () => void): void {
    if (this.delay === 0) acknowledge();
    else setTimeout(acknowledge, this.delay);
  }
}
