import { setTimeout as sleep } from 'node:timers/promises';
import { readPurchase, type Caller, type HistoryEntry, type PurchaseView } from './client';

const PAUSE_MS = 100;

/**
 * Reads a purchase until nothing more happens to it by itself (it is over, or held), and hands over each step of its history once.
 * Rejects when there is no such purchase, and with NotRunning when the stack is not up.
 */
export async function followPurchase(
  caller: Pick<Caller, 'functionsUrl' | 'readKey'>,
  purchaseId: string,
  onStep: (step: HistoryEntry) => void,
): Promise<PurchaseView> {
  for (let seen = 0; ; await sleep(PAUSE_MS)) {
    const view = await readPurchase(caller, purchaseId);
    if (view === undefined) throw new Error(`There is no purchase ${purchaseId}.`);
    view.history.slice(seen).forEach(onStep);
    seen = view.history.length;
    if (view.status !== 'open') return view;
  }
}
