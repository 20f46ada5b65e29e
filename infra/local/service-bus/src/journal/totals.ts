import { z } from 'zod';
import type { ArrivalReason, DepartureReason, Operation } from './operations';

const NAMES = [
  'sent',
  'delivered',
  'completed',
  'abandoned',
  'deferred',
  'deadLettered',
  'expired',
  'scheduledSends',
  'activated',
  'cancelled',
  'forwarded',
  'purged',
  'duplicatesDropped',
] as const;
type Total = (typeof NAMES)[number];

/** What happened in an entity since its data began, and the number its next message gets. */
export type Totals = Record<Total, number> & { nextSequence: number };

export const totalsSchema = z.object({
  ...Object.fromEntries(NAMES.map((name) => [name, z.number()])),
  nextSequence: z.number(),
});

const BY_ARRIVAL: Record<ArrivalReason, Total | undefined> = {
  sent: 'sent',
  scheduled: 'scheduledSends',
  activated: 'activated',
  'dead-lettered': 'sent',
  forwarded: 'sent',
  rewritten: undefined,
  kept: undefined,
};

const BY_DEPARTURE: Record<DepartureReason, Total | undefined> = {
  completed: 'completed',
  received: 'completed',
  'dead-lettered': 'deadLettered',
  expired: 'expired',
  cancelled: 'cancelled',
  activated: undefined,
  forwarded: 'forwarded',
  purged: 'purged',
};

/** Totals of an entity in which nothing happened yet. */
export function noTotals(): Totals {
  return {
    sent: 0,
    delivered: 0,
    completed: 0,
    abandoned: 0,
    deferred: 0,
    deadLettered: 0,
    expired: 0,
    scheduledSends: 0,
    activated: 0,
    cancelled: 0,
    forwarded: 0,
    purged: 0,
    duplicatesDropped: 0,
    nextSequence: 1,
  };
}

/** Counts one operation. */
export function count(totals: Totals, operation: Operation): void {
  const total = totalOf(operation);
  if (total) totals[total]++;
  if (operation.kind === 'put') totals.nextSequence = Math.max(totals.nextSequence, operation.sequence + 1);
  if (operation.kind === 'delete' && operation.reason === 'received') totals.delivered++;
}

function totalOf(operation: Operation): Total | undefined {
  switch (operation.kind) {
    case 'put':
      return BY_ARRIVAL[operation.reason];
    case 'delete':
      return BY_DEPARTURE[operation.reason];
    case 'attempt':
      return 'delivered';
    case 'state':
      if (operation.abandoned) return 'abandoned';
      return operation.state === 'deferred' ? 'deferred' : undefined;
    case 'count':
      return operation.what;
    case 'remember':
    case 'session-state':
    case 'entity':
    case 'totals':
      return undefined;
  }
}
