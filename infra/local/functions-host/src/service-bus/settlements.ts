import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';

export type Outcome = 'complete' | 'abandon';

/** How the messages of one receiver are settled. */
export type Settlements = Record<Outcome, (message: ServiceBusReceivedMessage) => Promise<void>>;

/** Settles the messages of a receiver, unlike outcomes kept apart. */
export function settlementsOf(receiver: ServiceBusReceiver): Settlements {
  const gate = createSettlementGate();
  return {
    complete: (message) => gate('complete', () => receiver.completeMessage(message)),
    abandon: (message) => gate('abandon', () => receiver.abandonMessage(message)),
  };
}

/** Runs a settlement once no unlike one of this turn of the event loop can be mistaken for it. */
export type SettlementGate = (outcome: Outcome, settle: () => Promise<void>) => Promise<void>;

/**
 * Makes the gate of one receiver. rhea writes the settlements of consecutive deliveries made in one turn of the event loop as one range
 * that carries the outcome of the first, so that a completion could turn an abandonment beside it into a completion.
 * Unlike outcomes therefore wait for the next turn; like ones never do.
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
