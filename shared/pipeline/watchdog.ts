import { isTerminal } from '#shared/domain/purchase';
import type { Log } from '#shared/log';
import { messageJson } from './message-bytes';
import { watchdogMessage, type WatchdogMessage } from './messages';
import { sendPending } from './outbox';
import type { PurchaseStore, StoredPurchase } from './purchase-store';
import type { PipelineSettings } from './settings';
import { sendInvalid, type UnprocessableDeps } from './unprocessable-message';

export interface WatchdogDeps extends UnprocessableDeps {
  readonly purchases: PurchaseStore;
  readonly settings: PipelineSettings;
  readonly log: Log;
  now(): Date;
}

type ScheduleDeps = Pick<WatchdogDeps, 'bus' | 'settings' | 'now'>;

/**
 * Schedules a purchase's watchdog for a write that is about to be made, so that nothing accepted, and no operator's command,
 * can be forgotten.
 */
export function scheduleWatchdog(
  deps: ScheduleDeps,
  purchaseId: string,
  tick: number,
  seenVersion: number,
): Promise<void> {
  // The version is part of the id: a watchdog that is scheduled again after a rest is not taken for the old one.
  return schedule(deps, `${purchaseId}/watchdog/${seenVersion}/${tick}`, { purchaseId, tick, seenVersion });
}

/**
 * Schedules the tick after this one, as the tick of this period of time, whichever watchdog it was: of several watchdogs of one
 * purchase the broker drops all but one as duplicates. The next tick always has a higher number, so that no watchdog is taken
 * for itself where the clocks of two machines differ.
 */
function scheduleNextTick(
  deps: ScheduleDeps,
  { purchaseId, tick }: WatchdogMessage,
  seenVersion: number,
): Promise<void> {
  const period = Math.floor(deps.now().getTime() / 1000 / deps.settings.watchdogSeconds);
  const next = Math.max(tick + 1, period);
  return schedule(deps, `${purchaseId}/watchdog/${next}`, { purchaseId, tick: next, seenVersion });
}

function schedule({ bus, settings, now }: ScheduleDeps, messageId: string, message: WatchdogMessage): Promise<void> {
  return bus.send('purchase-watchdog', {
    messageId,
    correlationId: message.purchaseId,
    body: message,
    notBefore: new Date(now().getTime() + settings.watchdogSeconds * 1000),
  });
}

/** As the topology has it (duplicateDetectionHistoryTimeWindow). */
const DUPLICATE_WINDOW_SECONDS = 30 * 60;

/**
 * The handler of `purchase-watchdog`. A purchase that has not moved since the last tick gets its outbox sent again, which
 * holds the message to its present stage. It ticks again until the purchase is over, or held, and everything was sent.
 */
export function runWatchdog(deps: WatchdogDeps): (body: unknown) => Promise<void> {
  return async (body) => {
    const message = watchdogMessage.safeParse(messageJson(body));
    if (!message.success) return sendInvalid(deps, 'purchase-watchdog', message.error, body);
    const { purchaseId, tick, seenVersion } = message.data;
    const stored = await deps.purchases.read(purchaseId);
    if (stored === undefined || stored.purchase.version < seenVersion) {
      // Scheduled for a write that was not made. Whoever makes it later, within the duplicate window, can't schedule this one again.
      if (tick * deps.settings.watchdogSeconds < DUPLICATE_WINDOW_SECONDS * 2)
        await scheduleWatchdog(deps, purchaseId, tick + 1, seenVersion);
      return;
    }
    if (isOver(stored)) return;
    if (stored.purchase.version === seenVersion && !isScheduled(stored, deps.now())) {
      deps.log('warn', 'purchase has not moved, sending its outbox again', { purchaseId, version: seenVersion });
      await sendPending(deps.bus, stored, `tick/${tick}`);
      if (stored.purchase.status !== 'open') await deps.purchases.clearPending(stored.purchase, stored.etag);
    }
    await scheduleNextTick(deps, message.data, stored.purchase.version);
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
