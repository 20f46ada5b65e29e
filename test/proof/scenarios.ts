import type { StageName } from '#shared/domain/purchase';
import { aRequest, AZURE_SUBSCRIPTION } from '#test/support/builders';
import type { Mishaps } from '#test/support/machine';
import { oneLine, threeLines } from '#test/support/requests';
import type { Observed } from './ending';
import { bothGuards, buysOrderedCarts, forgetsRequestIds, guards, noGuard, type Guard } from './guards';

/** The ways a purchase can go, each with its one right ending, whatever dies on the way. */
export interface Scenario {
  /** Completes the sentence "a purchase that ...". */
  name: string;
  request: ReturnType<typeof aRequest>;
  /** A request that was accepted before. */
  earlier?: ReturnType<typeof aRequest>;
  /** What is wrong at Partner Center. What shall happen in every run must strike as often as it is asked for. */
  faults?: Fault[];
  /** Of the sandbox, in place of its own. */
  settings?: Record<string, unknown>;
  commands?: Command[];
  /** What goes wrong on our side in every run, besides dying. */
  mishaps?: Mishaps;
  /** Under which guards of Partner Center it is played. */
  guards: readonly Guard[];
  ending: ScenarioEnding;
}

/** One of the sandbox's faults, as `POST /sandbox/faults` takes it. */
type Fault = Record<string, unknown>;

/** An operator's command; given again until it is answered. */
export interface Command {
  command: 'resume' | 'cancel';
  /** Given as soon as the purchase is at this stage, whatever of it was sent so far; else when it has come to rest. */
  at?: StageName;
  /** How much later than the purchase came to rest. */
  afterSeconds?: number;
  /** Given as soon as it is not known what a checkout did. */
  onceUnclear?: boolean;
  /** What is wrong at Partner Center from now on, in place of what was. */
  faults?: Fault[];
}

/** The ending, and how many registrations of a subscription Partner Center was asked for. */
export type ScenarioEnding = Observed & { registrations: number };

const always = { times: 1000 };
const request = aRequest(threeLines.lines);
const reservation = {
  productId: 'DZH318Z0RVM1',
  skuId: '00B1',
  quantity: 1,
  termDuration: 'P1Y',
  azureSubscriptionId: AZURE_SUBSCRIPTION,
};
const notSold = { productId: 'DZH318Z0NOP1', billingCycle: 'monthly' };
const groupRefused = { kind: 'order-error', code: 800069, group: '1', ...always };

/** The events of a purchase whose orders, one per group, are placed and completed together. */
function events(before: string, orders: number, after: string): string {
  return [before, ...Array(orders).fill('order-placed'), ...Array(orders).fill('order-completed'), after].join(' ');
}
const oneOrder = events('accepted discovered carted', 1, 'completed');
const twoOrders = events('accepted discovered carted', 2, 'completed');
const bothGroups = { groups: ['0', '1'] };
const firstGroup = { groups: ['0'], rejected: ['2 800069'] };

/** The ending that a scenario names, and what is so of every ending unless it says otherwise. */
function ending(status: Observed['status'], events: string, rest: Partial<ScenarioEnding> = {}): ScenarioEnding {
  return {
    status,
    reason: undefined,
    groups: [],
    cancelled: [],
    rejected: [],
    events: events.split(' ').map((event, at) => `${at + 1} ${event}`),
    pending: 0,
    bugs: [],
    registrations: 0,
    ...rest,
  };
}

/** Three lines in two order groups, and nothing in the way. */
export const happyPath: Scenario = {
  name: 'goes as it should',
  request,
  guards,
  ending: ending('completed', twoOrders, bothGroups),
};

export const scenarios: readonly Scenario[] = [
  happyPath,
  {
    name: 'needs its Azure subscription to be registered first',
    request: aRequest([reservation]),
    // Longer than the first look takes, so that a registration under way is seen.
    settings: { registrationDelaySeconds: 40 },
    guards: [bothGuards, noGuard],
    ending: ending('completed', oneOrder, { groups: ['0'], registrations: 1 }),
  },
  {
    name: 'is rejected one of its groups',
    request,
    faults: [groupRefused],
    guards: [bothGuards, noGuard],
    ending: ending('partially-completed', events('accepted discovered carted', 1, 'partially-completed'), firstGroup),
  },
  {
    name: 'has a group that fails for a passing reason',
    request,
    faults: [{ kind: 'order-error', code: 800005, group: '1' }],
    guards: [bothGuards, noGuard],
    ending: ending('completed', twoOrders, bothGroups),
  },
  {
    name: 'asks for what is not sold',
    request: aRequest([notSold]),
    guards: [bothGuards],
    ending: ending('rejected', 'accepted rejected', { reason: 'no-availability' }),
  },
  {
    name: 'finds at the cart that the catalogue has changed',
    request,
    faults: [{ kind: 'rotate-availabilities', route: 'createCart' }],
    guards: [bothGuards],
    ending: ending('completed', events('accepted discovered discovered carted', 2, 'completed'), bothGroups),
  },
  {
    name: 'is held with a part of it bought unknown to us, and resumed',
    request,
    faults: [
      groupRefused,
      { kind: 'lost-answer', route: 'checkout' },
      { kind: 'error', route: 'checkout', status: 400, code: 999_999, skip: 1, ...always },
    ],
    commands: [{ command: 'cancel' }, { command: 'resume', faults: [groupRefused] }],
    guards: [bothGuards, noGuard],
    ending: ending(
      'partially-completed',
      events('accepted discovered carted held resumed', 1, 'partially-completed'),
      firstGroup,
    ),
  },
  {
    name: 'is held with all of it bought unknown to us, and resumed',
    request,
    faults: [
      { kind: 'lost-answer', route: 'checkout' },
      { kind: 'error', route: 'getCart', status: 400, code: 999_999, ...always },
    ],
    commands: [{ command: 'cancel' }, { command: 'resume', faults: [] }],
    guards: [bothGuards, noGuard],
    ending: ending('completed', events('accepted discovered carted held resumed', 2, 'completed'), bothGroups),
  },
  {
    name: 'may be a duplicate of an earlier one, is held on arrival and resumed',
    request,
    // Shares a line with it, and ends soon since the other one is not sold.
    earlier: aRequest([{ productId: 'DG7GMGF0D5P1', quantity: 2 }, notSold]),
    mishaps: { possibleDuplicateHours: 1 },
    commands: [{ command: 'resume' }],
    guards: [bothGuards],
    ending: ending('completed', events('accepted held resumed discovered carted', 2, 'completed'), bothGroups),
  },
  {
    name: 'is cancelled by an operator right before its checkout',
    request,
    commands: [{ command: 'cancel', at: 'checkout' }],
    guards: [bothGuards],
    ending: ending('cancelled', 'accepted discovered carted cancelled'),
  },
  {
    name: 'is held at the cart and cancelled by an operator',
    request,
    faults: [{ kind: 'error', route: 'createCart', status: 403, code: 13605, ...always }],
    commands: [{ command: 'cancel' }],
    guards: [bothGuards],
    ending: ending('cancelled', 'accepted discovered held cancelled', { reason: '13605' }),
  },
  {
    name: 'is software, and cancelled by an operator after it was bought',
    request: aRequest(oneLine('DG7GMGF0D5P1', '0001').lines),
    commands: [{ command: 'cancel' }],
    guards: [bothGuards, noGuard],
    ending: ending('cancelled', `${oneOrder} order-cancelled cancelled`, { groups: ['0'], cancelled: ['0'] }),
  },
  {
    name: 'is a dry run',
    request: aRequest(threeLines.lines, { dryRun: true }),
    guards: [bothGuards],
    ending: ending('quoted', 'accepted discovered quoted'),
  },
  {
    name: 'takes longer than two ticks of its watchdog',
    request,
    settings: { orderDelaySeconds: 1500 },
    mishaps: { settings: { trackingIntervalsSeconds: [900] } },
    guards: [bothGuards],
    ending: ending('completed', twoOrders, bothGroups),
  },
  {
    name: 'loses the message to its cart',
    request,
    mishaps: { vanishing: 2 },
    guards: [bothGuards],
    ending: ending('completed', twoOrders, bothGroups),
  },
  {
    name: 'meets a bug at its cart again and again, and is resumed when it is mended',
    request,
    mishaps: { bug: { stage: 'cart', when: 'before', times: 10 } },
    commands: [{ command: 'resume' }],
    guards: [bothGuards],
    ending: ending('completed', events('accepted discovered held resumed carted', 2, 'completed'), {
      ...bothGroups,
      bugs: ['Error: a bug'],
    }),
  },
  {
    name: 'cannot send the message to its checkout again and again',
    request,
    mishaps: { bug: { sendingTo: 'purchase-checkout', skip: 0, times: 10 } },
    guards: [bothGuards],
    ending: ending('completed', twoOrders, { ...bothGroups, bugs: ['Error: a bug'] }),
  },
  {
    name: 'has a group in progress whose order comes minutes later',
    request,
    faults: [{ kind: 'order-error', code: 800060, group: '1', ...always }],
    mishaps: { lateOrderSeconds: 300 },
    guards: [bothGuards, forgetsRequestIds, buysOrderedCarts],
    ending: ending('completed', twoOrders, bothGroups),
  },
  {
    name: 'is in progress when its cart ends, after a throttled start',
    request: aRequest(oneLine('DG7GMGF0D5P1', '0001').lines),
    settings: { cartLifeSeconds: 900 },
    faults: [
      { kind: 'throttle', route: 'checkout', seconds: 150, times: 3 },
      { kind: 'order-error', code: 800060, ...always },
    ],
    mishaps: { lateOrderSeconds: 870 },
    guards: [bothGuards],
    ending: ending('completed', oneOrder, { groups: ['0'] }),
  },
  {
    name: 'is in progress until it is held, and resumed days after its order came',
    request: aRequest(oneLine('DG7GMGF0D5P1', '0001').lines),
    faults: [{ kind: 'order-error', code: 800005, ...always }],
    mishaps: { lateOrderSeconds: 3600, settings: { stageTimeoutSeconds: 600 } },
    commands: [{ command: 'resume', afterSeconds: 8 * 24 * 3600 }],
    guards: [bothGuards],
    ending: ending('completed', events('accepted discovered carted held resumed', 1, 'completed'), { groups: ['0'] }),
  },
  {
    name: 'is in progress when an operator wants to cancel it, and is bought',
    request: aRequest(oneLine('DG7GMGF0D5P1', '0001').lines),
    faults: [{ kind: 'order-error', code: 800060, ...always }],
    mishaps: { lateOrderSeconds: 60 },
    commands: [{ command: 'cancel', onceUnclear: true }],
    guards: [bothGuards],
    ending: ending('completed', oneOrder, { groups: ['0'] }),
  },
  {
    name: 'is throttled at its first checkout and then out of stock, which passes',
    request: aRequest(oneLine('DG7GMGF0D5P1', '0001').lines),
    faults: [
      { kind: 'throttle', route: 'checkout', seconds: 1 },
      { kind: 'error', route: 'checkout', status: 400, code: 800010, skip: 1, ...always },
    ],
    commands: [{ command: 'resume', faults: [] }],
    guards: [bothGuards],
    ending: ending('completed', events('accepted discovered carted held resumed', 1, 'completed'), { groups: ['0'] }),
  },
];
