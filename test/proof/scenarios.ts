import type { StageName } from '#shared/domain/purchase';
import { aRequest, AZURE_SUBSCRIPTION } from '#test/support/builders';
import type { Mishaps } from '#test/support/machine';
import { oneLine, threeLines } from '#test/support/requests';
import type { Facts } from './ending';
import { bothGuards, guards, noGuard, type Guard } from './guards';

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
  words?: Word[];
  /** What goes wrong on our side in every run, besides dying. */
  mishaps?: Mishaps;
  /** Under which guards of Partner Center it is played. */
  guards: readonly Guard[];
  ending: ScenarioEnding;
}

/** One of the sandbox's faults, as `POST /sandbox/faults` takes it. */
type Fault = Record<string, unknown>;

/** What an operator says about a purchase; said again until it is answered. */
export interface Word {
  say: 'resume' | 'cancel';
  /** Said as soon as the purchase is at this stage, whatever of it was told so far; else when it has come to rest. */
  at?: StageName;
  /** What is wrong at Partner Center from now on, in place of what was. */
  faults?: Fault[];
}

/** The ending, and how many registrations of a subscription Partner Center was asked for. */
export type ScenarioEnding = Facts & { registrations: number };

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

const bought = 'accepted discovered carted placed completed';
const bothGroups = { groups: ['0', '1'] };
const firstGroup = { groups: ['0'], refused: ['2 800069'] };

/** The ending that a scenario names, and what is so of every ending unless it says otherwise. */
function ending(status: Facts['status'], tale: string, rest: Partial<ScenarioEnding> = {}): ScenarioEnding {
  return {
    status,
    reason: undefined,
    groups: [],
    cancelled: [],
    refused: [],
    tale: tale.split(' ').map((happening, at) => `${at + 1} ${happening}`),
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
  ending: ending('completed', bought, bothGroups),
};

export const scenarios: readonly Scenario[] = [
  happyPath,
  {
    name: 'needs its Azure subscription to be registered first',
    request: aRequest([reservation]),
    // Longer than the first look takes, so that a registration under way is seen.
    settings: { registrationDelaySeconds: 40 },
    guards: [bothGuards, noGuard],
    ending: ending('completed', bought, { groups: ['0'], registrations: 1 }),
  },
  {
    name: 'is refused one of its groups',
    request,
    faults: [groupRefused],
    guards: [bothGuards, noGuard],
    ending: ending('partially-completed', 'accepted discovered carted placed partially-completed', firstGroup),
  },
  {
    name: 'has a group that fails for a passing reason',
    request,
    faults: [{ kind: 'order-error', code: 800005, group: '1' }],
    guards: [bothGuards, noGuard],
    ending: ending('completed', bought, bothGroups),
  },
  {
    name: 'asks for what is not sold',
    request: aRequest([notSold]),
    guards: [bothGuards],
    ending: ending('refused', 'accepted refused', { reason: 'no-availability' }),
  },
  {
    name: 'finds at the cart that the catalogue has changed',
    request,
    faults: [{ kind: 'rotate-availabilities', route: 'createCart' }],
    guards: [bothGuards],
    ending: ending('completed', 'accepted discovered discovered carted placed completed', bothGroups),
  },
  {
    name: 'is held with a part of it bought that nobody was told of, and resumed',
    request,
    faults: [
      groupRefused,
      { kind: 'lost-answer', route: 'checkout' },
      { kind: 'error', route: 'checkout', status: 400, code: 999_999, skip: 1, ...always },
    ],
    words: [{ say: 'cancel' }, { say: 'resume', faults: [groupRefused] }],
    guards: [bothGuards, noGuard],
    ending: ending('partially-completed', 'accepted discovered carted held placed partially-completed', firstGroup),
  },
  {
    name: 'is held with all of it bought that nobody was told of, and resumed',
    request,
    faults: [
      { kind: 'lost-answer', route: 'checkout' },
      { kind: 'error', route: 'getCart', status: 400, code: 999_999, ...always },
    ],
    words: [{ say: 'cancel' }, { say: 'resume', faults: [] }],
    guards: [bothGuards, noGuard],
    ending: ending('completed', 'accepted discovered carted held placed completed', bothGroups),
  },
  {
    name: 'looks like an earlier one, is held at the door and resumed',
    request,
    // Shares a line with it, and ends soon since the other one is not sold.
    earlier: aRequest([{ productId: 'DG7GMGF0D5P1', quantity: 2 }, notSold]),
    mishaps: { lookAlikeHours: 1 },
    words: [{ say: 'resume' }],
    guards: [bothGuards],
    ending: ending('completed', 'accepted held discovered carted placed completed', bothGroups),
  },
  {
    name: 'is cancelled by an operator right before its checkout',
    request,
    words: [{ say: 'cancel', at: 'checkout' }],
    guards: [bothGuards],
    ending: ending('cancelled', 'accepted discovered carted cancelled'),
  },
  {
    name: 'is held at the cart and cancelled by an operator',
    request,
    faults: [{ kind: 'error', route: 'createCart', status: 403, code: 13605, ...always }],
    words: [{ say: 'cancel' }],
    guards: [bothGuards],
    ending: ending('cancelled', 'accepted discovered held cancelled', { reason: '13605' }),
  },
  {
    name: 'is software, and cancelled by an operator after it was bought',
    request: aRequest(oneLine('DG7GMGF0D5P1', '0001').lines),
    words: [{ say: 'cancel' }],
    guards: [bothGuards, noGuard],
    ending: ending('cancelled', `${bought} cancelled`, { groups: ['0'], cancelled: ['0'] }),
  },
  {
    name: 'is a dry run',
    request: aRequest(threeLines.lines, { dryRun: true }),
    guards: [bothGuards],
    ending: ending('quoted', 'accepted discovered quoted'),
  },
  {
    name: 'takes longer than two rings of its alarm clock',
    request,
    settings: { orderDelaySeconds: 1500 },
    mishaps: { policy: { trackingIntervalsSeconds: [900] } },
    guards: [bothGuards],
    ending: ending('completed', bought, bothGroups),
  },
  {
    name: 'loses the message to its cart',
    request,
    mishaps: { vanishing: 2 },
    guards: [bothGuards],
    ending: ending('completed', bought, bothGroups),
  },
  {
    name: 'meets a bug at its cart again and again, and is resumed when it is mended',
    request,
    mishaps: { bug: { stage: 'cart', when: 'before', times: 10 } },
    words: [{ say: 'resume' }],
    guards: [bothGuards],
    ending: ending('completed', 'accepted discovered held carted placed completed', {
      ...bothGroups,
      bugs: ['Error: a bug'],
    }),
  },
  {
    name: 'cannot send the message to its checkout again and again',
    request,
    mishaps: { bug: { sendingTo: 'purchase-checkout', skip: 0, times: 10 } },
    guards: [bothGuards],
    ending: ending('completed', bought, { ...bothGroups, bugs: ['Error: a bug'] }),
  },
];
