import type { Bus } from '#shared/azure/bus';
import { isTerminal } from '#shared/domain/purchase';
import type { Log } from '#shared/log';
import { problemsOf, sendFailedLetter } from './unprocessable-message';
import { alarmMessage, type AlarmMessage } from './messages';
import { sendPending } from './outbox';
import type { Policy } from './error-policy';
import type { Purchases, StoredPurchase } from './purchase-store';

export interface WatchDeps {
  bus: Bus;
  purchases: Purchases;
  policy: Policy;
  log: Log;
  now(): Date;
}

type AlarmDeps = Pick<WatchDeps, 'bus' | 'policy' | 'now'>;

/**
 * Sets a purchase's alarm clock for a write that is about to be made, so that nothing accepted, and no operator's word,
 * can be forgotten.
 */
export function setAlarm(deps: AlarmDeps, purchaseId: string, ring: number, seenVersion: number): Promise<void> {
  // The version is part of the id: a clock that is set anew after a rest is not taken for the old one.
  return schedule(deps, `${purchaseId}/watch/${seenVersion}/${ring}`, { purchaseId, ring, seenVersion });
}

/**
 * Sets a clock that has rung again, as the ring of this period of time, whichever clock it was: of several clocks of one
 * purchase the broker drops all but one as duplicates. The next ring is always a later one, so that no clock is taken for
 * itself where the clocks of two machines differ.
 */
function setAgain(deps: AlarmDeps, { purchaseId, ring }: AlarmMessage, seenVersion: number): Promise<void> {
  const period = Math.floor(deps.now().getTime() / 1000 / deps.policy.watchSeconds);
  const next = Math.max(ring + 1, period);
  return schedule(deps, `${purchaseId}/watch/${next}`, { purchaseId, ring: next, seenVersion });
}

function schedule({ bus, policy, now }: AlarmDeps, messageId: string, alarm: AlarmMessage): Promise<void> {
  return bus.send('purchase-watch', {
    messageId,
    correlationId: alarm.purchaseId,
    body: alarm,
    notBefore: new Date(now().getTime() + policy.watchSeconds * 1000),
  });
}

/** As the topology has it (duplicateDetectionHistoryTimeWindow). */
const DUPLICATE_WINDOW_SECONDS = 30 * 60;

/**
 * The handler of `purchase-watch`. A purchase that has not moved since the last ring gets its outbox sent again, which
 * holds the message to its present stage. It rings again until the purchase is over, or held, and everything was told.
 */
export function purchaseWatch(deps: WatchDeps): (body: unknown) => Promise<void> {
  return async (body) => {
    const alarm = alarmMessage.safeParse(body);
    if (!alarm.success) {
      const description = problemsOf(alarm.error)
        .map((p) => `${p.field}: ${p.message}`)
        .join('; ');
      return sendFailedLetter(deps.bus, {
        queue: 'purchase-watch',
        reason: 'invalid-message',
        description,
        original: body,
      });
    }
    const { purchaseId, ring, seenVersion } = alarm.data;
    const stored = await deps.purchases.read(purchaseId);
    if (stored === undefined || stored.purchase.version < seenVersion) {
      // Set for a write that was not made. Whoever makes it later within the duplicate window can't set this clock again.
      if (ring * deps.policy.watchSeconds < DUPLICATE_WINDOW_SECONDS * 2)
        await setAlarm(deps, purchaseId, ring + 1, seenVersion);
      return;
    }
    if (isOver(stored)) return;
    if (stored.purchase.version === seenVersion && !isScheduled(stored, deps.now())) {
      deps.log('warn', 'purchase stands still, sending its outbox again', { purchaseId, version: seenVersion });
      await sendPending(deps.bus, stored);
      if (stored.purchase.status !== 'open') await deps.purchases.clearPending(stored.purchase, stored.etag);
    }
    await setAgain(deps, alarm.data, stored.purchase.version);
  };
}

function isOver({ purchase, pending }: StoredPurchase): boolean {
  return pending.length === 0 && (isTerminal(purchase.status) || purchase.status === 'held');
}

function isScheduled({ pending }: StoredPurchase, now: Date): boolean {
  return pending.some(
    (item) => item.kind === 'stage' && item.notBefore !== undefined && Date.parse(item.notBefore) > now.getTime(),
  );
}
