import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';

export type Outcome = 'complete' | 'abandon';

/** How the messages of one receiver are settled. */
export type Settlements = Readonly<Record<Outcome, (message: ServiceBusReceivedMessage) => Promise<void>>>;

/** Settles the messages of a receiver, with different outcomes kept apart. */
export function settlementsOf(receiver: ServiceBusReceiver): Settlements {
  const gate = createSettlementGate();
  return {
    complete: (message) => gate('complete', () => receiver.completeMessage(message)),
    abandon: (message) => gate('abandon', () => receiver.abandonMessage(message)),
  };
}

/** Runs a settlement once no settlement with the other outcome can be in the same turn of the event loop. */
type SettlementGate = (outcome: Outcome, settle: () => Promise<void>) => Promise<void>;

/**
 * Makes the gate of one receiver. The AMQP library (rhea) writes settlements of consecutive deliveries in one turn of the event loop as one
 * range with the outcome of the first, so that an abandoned message next to a completed one would be completed.
 * A settlement therefore waits for the next turn when this turn has one with the other outcome.
 */
export function createSettlementGate(): SettlementGate {
  let ofThisTurn: Outcome | undefined;

  return async (outcome, settle) => {
    for (;;) {
      if (ofThisTurn === outcome) break;
      if (ofThisTurn === undefined) {
        ofThisTurn = outcome;
        setImmediate(() => {
          ofThisTurn = undefined;
        });
        break;
      }
      await nextTurn();
    }
    await settle();
  };
}
