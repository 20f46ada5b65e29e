import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { cancelPurchase } from '#functions/operators/cancel-purchase';
import { markPurchaseFailed } from '#functions/operators/mark-failed';
import { resumePurchase } from '#functions/operators/resume-purchase';
import type { StageName } from '#shared/domain/purchase';
import { purchaseRequest } from '#shared/domain/purchase-request';
import { queueOf } from '#shared/pipeline/messages';
import { edges, stateOf } from '#shared/pipeline/state-machine';
import { intention } from '#shared/pipeline/transition';
import { AZURE_SUBSCRIPTION } from '#test/support/builders';
import { Machine, type Mishaps } from '#test/support/machine';
import { oneLine, reservation, threeLines } from '#test/support/requests';
import { startTestSandbox, type TestSandbox } from '#test/support/sandbox';

/** Every edge of the state machine, walked by the real stages and the real operator's functions against the sandbox. */

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox(['--order-delay-seconds', '0', '--list-lag-seconds', '0']);
});
afterEach(async () => {
  await sandbox.control('/sandbox/reset', {});
  await sandbox.clearFaults();
  await set(usual);
});
afterAll(() => sandbox.stop());

const usual = { orderDelaySeconds: 0, registrationDelaySeconds: 2, cartLifeSeconds: 604_800 };
const set = (settings: object) => sandbox.control('/sandbox/settings', settings);
const fault = (of: object) => sandbox.control('/sandbox/faults', of);

/** A machine that notes every edge that a purchase takes. */
class Walker extends Machine {
  readonly walked: string[] = [];
  constructor(mishaps: Mishaps = {}) {
    super(sandbox, mishaps);
    const { purchases } = this.deps;
    this.deps.purchases = {
      ...purchases,
      write: async (next, etag) => {
        const before = etag === undefined ? undefined : await purchases.read(next.purchase.id);
        const written = await purchases.write(next, etag);
        if (written !== undefined)
          this.walked.push(`${before ? stateOf(before.purchase) : '[*]'} --> ${stateOf(next.purchase)}`);
        return written;
      },
    };
  }
}

/** Whoever waits longer than ten minutes is held. */
const impatient: Mishaps = { settings: { stageTimeoutSeconds: 600 } };
const FOREVER = 10_000_000;

const software = oneLine('DG7GMGF0D5P1', '0001');
const saas = oneLine('DZH318Z0CSA1', '0001', { termDuration: 'P1M', billingCycle: 'monthly' });
const restricted = oneLine('DZH318Z0RST1', '0001');
const unsold = oneLine('DZH318Z0NOP1', '0001', { termDuration: 'P1M', billingCycle: 'monthly' });
/** Two orders: the first can be cancelled, the second can not. */
const softwareAndSaas = { ...software, lines: [...software.lines, ...saas.lines] };
const unregistered = oneLine('DZH318Z0RVM1', '00B1', { termDuration: 'P1Y', azureSubscriptionId: AZURE_SUBSCRIPTION });
const unknownSubscription = oneLine('DZH318Z0RVM1', '00B1', {
  termDuration: 'P1Y',
  azureSubscriptionId: 'c0ffee00-0000-4000-8000-00000000dead',
});

async function buy(request: unknown, mishaps?: Mishaps): Promise<{ walker: Walker; id: string }> {
  const walker = new Walker(mishaps);
  const { stored } = await walker.buy(purchaseRequest.parse(request));
  return { walker, id: stored.purchase.id };
}

/** A purchase whose message to a stage is the next to be delivered. */
async function stoppedAt(stage: StageName, request: unknown): Promise<{ walker: Walker; id: string }> {
  const walker = new Walker();
  const id = await walker.accept(purchaseRequest.parse(request));
  await walker.runUntil(queueOf[stage]);
  return { walker, id };
}

async function cancelledAt(stage: StageName, request: unknown): Promise<Walker> {
  const { walker, id } = await stoppedAt(stage, request);
  await cancelPurchase(id, 'not wanted any more', walker.deps);
  await walker.run(id);
  return walker;
}

async function bought(request: unknown): Promise<Walker> {
  return (await buy(request)).walker;
}

/** How a purchase comes to be held at each stage, and what sets that right. */
const holds: Record<StageName, () => Promise<{ walker: Walker; id: string }>> = {
  enablement: async () => {
    await set({ registrationDelaySeconds: FOREVER });
    return buy(unregistered, impatient);
  },
  discovery: async () => {
    await fault({ kind: 'error', route: 'listAvailabilities', status: 403, code: 2030 });
    return buy(software);
  },
  inventory: async () => {
    await fault({ kind: 'error', route: 'checkInventory', status: 403, code: 900_123 });
    return buy(reservation);
  },
  cart: async () => {
    await fault({ kind: 'error', route: 'createCart', status: 403, code: 13_605 });
    return buy(software);
  },
  checkout: async () => {
    await fault({ kind: 'order-error', code: 800_023, group: '0' });
    return buy(software);
  },
  tracking: async () => {
    await set({ orderDelaySeconds: FOREVER });
    return buy(softwareAndSaas, impatient);
  },
};

async function resumedAt(stage: StageName): Promise<Walker> {
  const { walker, id } = await holds[stage]();
  await set(usual);
  await resumePurchase(id, 'set right', walker.deps);
  await walker.run(id);
  return walker;
}

async function cancelledAfter({ walker, id }: { walker: Walker; id: string }): Promise<Walker> {
  await cancelPurchase(id, 'not wanted any more', walker.deps);
  return walker;
}

/** One group is rejected, so that the purchase is partly completed with what is left. */
async function partlyBought(request: { lines: object[] }): Promise<{ walker: Walker; id: string }> {
  await fault({ kind: 'order-error', code: 800_069, group: `${request.lines.length}` });
  const lines = [...request.lines, { ...saas.lines[0], billingCycle: 'annual', termDuration: 'P1Y' }];
  return buy({ ...request, lines });
}

const walks: Record<string, () => Promise<Walker>> = {
  '[*] --> enablement': () => bought(reservation),
  '[*] --> discovery': () => bought(software),
  '[*] --> held': async () => {
    const walker = new Walker({ possibleDuplicateHours: 24 });
    for (let time = 0; time < 2; time++) await walker.buy(purchaseRequest.parse(software));
    return walker;
  },

  'enablement --> discovery': () => bought(reservation),
  'enablement --> rejected': () => bought(unknownSubscription),
  'enablement --> held': async () => (await holds.enablement()).walker,
  'enablement --> cancelled': () => cancelledAt('enablement', reservation),

  // Enablement proves every subscription that a request names before discovery; this one's proof is taken back.
  'discovery --> enablement': async () => {
    const { walker, id } = await stoppedAt('discovery', reservation);
    const { stored } = await walker.look(id);
    const circumstances = {
      now: sandbox.now(),
      milliseconds: 0,
      answersByOperation: stored.purchase.answersByOperation,
    };
    const unproven = intention(stored.purchase, { registeredSubscriptions: undefined }, circumstances, 'unproven');
    await walker.deps.purchases.write(unproven, stored.etag);
    await walker.run(id);
    return walker;
  },
  'discovery --> inventory': () => bought(reservation),
  'discovery --> cart': () => bought(saas),
  'discovery --> rejected': () => bought(unsold),
  'discovery --> held': async () => (await holds.discovery()).walker,
  'discovery --> cancelled': () => cancelledAt('discovery', software),

  'inventory --> cart': () => bought(reservation),
  'inventory --> discovery': async () => {
    await fault({ kind: 'error', route: 'checkInventory', status: 404, code: 400_018 });
    return bought(reservation);
  },
  'inventory --> rejected': () => bought(restricted),
  'inventory --> held': async () => (await holds.inventory()).walker,
  'inventory --> cancelled': () => cancelledAt('inventory', reservation),

  'cart --> checkout': () => bought(software),
  'cart --> discovery': async () => {
    await fault({ kind: 'rotate-availabilities', route: 'createCart' });
    return bought(software);
  },
  'cart --> quoted': () => bought({ ...software, dryRun: true }),
  'cart --> rejected': () => bought({ ...threeLines, limits: { quantity: 1 } }),
  'cart --> held': async () => (await holds.cart()).walker,
  'cart --> cancelled': () => cancelledAt('cart', software),

  'checkout --> tracking': () => bought(software),
  'checkout --> discovery': async () => {
    await set({ cartLifeSeconds: 30 });
    return bought(software);
  },
  'checkout --> rejected': async () => {
    await fault({ kind: 'order-error', code: 800_066, group: '0' });
    return bought(software);
  },
  'checkout --> held': async () => (await holds.checkout()).walker,
  'checkout --> cancelled': () => cancelledAt('checkout', software),

  'tracking --> completed': () => bought(software),
  'tracking --> partially-completed': async () => (await partlyBought(software)).walker,
  'tracking --> held': async () => (await holds.tracking()).walker,
  'tracking --> cancelled': () => cancelledAt('tracking', software),
  'tracking --> failed': () =>
    bought(oneLine('DG7GMGF0D5P1', '0001', { friendlyName: 'sandbox:order-status:po_review_rejected' })),

  'held --> enablement': () => resumedAt('enablement'),
  'held --> discovery': () => resumedAt('discovery'),
  'held --> inventory': () => resumedAt('inventory'),
  'held --> cart': () => resumedAt('cart'),
  'held --> checkout': () => resumedAt('checkout'),
  'held --> tracking': () => resumedAt('tracking'),
  'held --> cancelled': async () => cancelledAfter(await holds.cart()),
  'held --> failed': async () => {
    const { walker, id } = await holds.checkout();
    await markPurchaseFailed(id, 'the customer left', walker.deps);
    return walker;
  },

  'completed --> tracking': async () => cancelledAfter(await buy(software)),
  'partially-completed --> tracking': async () => cancelledAfter(await partlyBought(softwareAndSaas)),
};

test.each(Object.entries(walks))('a real purchase takes the edge %s', async (edge, walk) => {
  expect((await walk()).walked).toContain(edge);
});

test('these are all edges of the state machine', () => {
  const starts = ['enablement', 'discovery', 'held'].map((to) => `[*] --> ${to}`);
  const all = Object.entries(edges).flatMap(([from, targets]) => targets.map((to) => `${from} --> ${to}`));
  expect(Object.keys(walks).toSorted()).toEqual([...starts, ...all].toSorted());
});
