import type { Remedy } from './partner-center-error';

/** What a code or a status means for a caller. */
export interface ErrorEntry {
  readonly remedy: Remedy;
  /** For a write, when that differs: it may have had its effect. */
  readonly writeRemedy?: Remedy;
  /** True when a write that fails like this may have had its effect. Any 5xx counts as unclear anyway, except 501. */
  readonly unclear?: true;
  /** How long to wait when the answer does not say. */
  readonly waitSeconds?: number;
  /**
   * What is refused may only be too new to be found: until so many seconds after a caller began, the remedy is to try the
   * same again, and only after that the one that stands here.
   */
  readonly newForSeconds?: number;
  readonly advice: string;
}

type Row = readonly [codes: string, entry: ErrorEntry];

function reject(advice: string): ErrorEntry {
  return { remedy: 'reject', advice };
}

function hold(advice: string): ErrorEntry {
  return { remedy: 'hold', advice };
}

function refresh(advice: string): ErrorEntry {
  return { remedy: 'refresh-catalogue', advice };
}

function wait(waitSeconds: number, advice: string): ErrorEntry {
  return { remedy: 'wait', waitSeconds, advice };
}

/** A customer that was just made is not found by every service for some minutes. */
const NEW_FOR_SECONDS = 15 * 60;

/**
 * Error codes of the calls we make ("Partner Center REST error codes"). The same code may come with several HTTP
 * statuses, so the code decides, and the status only where no code is known.
 */
const ROWS: readonly Row[] = [
  // Access
  ['800001', hold('Partner Center refused a fresh token too; check the app registration and its consent.')],
  ['900420', hold('The token audience is retired; set the audience to the Partner Center API itself.')],
  ['900329', hold('This call needs the app + user token; set up the refresh token of a user with MFA.')],
  ['2032 900150 900308', hold('The signed-in user or app lacks the role this call needs; grant it in Partner Center.')],
  ['900309', hold('Conditional access blocks the sign-in; change the policy or the user.')],
  ['900149 800039', hold('The partner program or reseller program is not active for this account.')],
  // Input
  [
    '1000',
    {
      ...reject('Partner Center does not know this resource. Once it does, ask again with a new request id.'),
      newForSeconds: NEW_FOR_SECONDS,
    },
  ],
  ['800002 3000 400056', reject('Partner Center found the request invalid; correct the named property.')],
  ['900126', reject('Partner Center does not know one of the enum values in the request.')],
  ['900127 900141 800042', reject('Partner Center does not support this here.')],
  ['800036', reject('A precondition of this call is not met.')],
  ['2055', { remedy: 'verify', advice: 'The record changed meanwhile; read it again and repeat once.' }],
  // Transient failures
  [
    '800003 900192',
    { remedy: 'repeat', writeRemedy: 'verify', unclear: true, advice: 'Partner Center had an unexpected error.' },
  ],
  // Customer
  ['20002', hold('There is no reseller relationship with this customer; ask the customer to accept one.')],
  [
    '900118 60003',
    {
      ...reject(
        'Partner Center does not know this customer. Check the customer id; once Partner Center shows the customer, ask again with a new request id.',
      ),
      newForSeconds: NEW_FOR_SECONDS,
    },
  ],
  ['600074', reject('The customer has no account validation, which also means it is not blocked.')],
  ['800073 800074', hold('The customer account is under review, which takes days; resume when it is done.')],
  ['800075', hold('The customer account was not approved.')],
  ['900416', hold('The customer account is locked for transactions.')],
  ['2030', hold('The partner is not set up to sell in this country.')],
  // Catalogue
  ['400030 400036', reject('This segment or view of the catalogue is not available to the partner.')],
  ['400013 400018 400019', refresh('The product, SKU or availability is not in the catalogue now; look it up again.')],
  ['400072', refresh('The item is not available now; look for another availability.')],
  ['800043', reject('Prices are not available to this account.')],
  ['900143', { remedy: 'repeat', advice: 'The availabilities could not be read; look them up again.' }],
  ['2100', reject('This is not a legacy offer; buy it as a product.')],
  ['800070', refresh('The offer is not sold in this country.')],
  ['2006 2085 2091', refresh('The partner or offer is not eligible, or the offer is no longer sold.')],
  ['800004 900142 900144', refresh('The catalog item id is not valid any more; read the availability again.')],
  ['800020', refresh('The catalog item is not eligible here.')],
  ['800028', refresh('The first term of this offer is no longer sold; choose another availability.')],
  // Cart and checkout
  ['800008', refresh('The cart does not exist or has expired.')],
  ['800009', reject('One or more lines of the cart have errors; read the error of each line.')],
  ['800010 800017', hold('The item is out of stock in this quantity; resume later or lower the quantity.')],
  [
    '800064',
    { ...wait(30, 'Another request is working on this cart; then check out the same cart again.'), unclear: true },
  ],
  [
    '800065',
    { remedy: 'verify', unclear: true, advice: 'This cart was checked out before; read the cart and find its orders.' },
  ],
  [
    '800060',
    {
      remedy: 'verify',
      unclear: true,
      waitSeconds: 180,
      advice: 'An order is being made; read the cart in some minutes and never make a new one.',
    },
  ],
  [
    '800005',
    {
      remedy: 'verify',
      unclear: true,
      advice: 'The order was reported as not made; read the cart, then check out the same one.',
    },
  ],
  [
    '800031 800083 800084 800087',
    hold('Partner Center could not price or place a line; show it to Microsoft support.'),
  ],
  [
    '4018',
    {
      remedy: 'verify',
      unclear: true,
      advice: 'The order could not be processed; read the cart before anything else.',
    },
  ],
  // Agreements, credit, limits
  ['13605', hold('The customer must accept the Microsoft Customer Agreement first.')],
  ['900123 900124', hold('The Microsoft Partner Agreement is not signed by the partner or its reseller.')],
  ['800069', hold('The risk check rejected the order; ask Microsoft support.')],
  [
    '800022 800024 800026 800062 800023 800025 900121',
    hold('Not eligible, or the credit line is too low; pay or ask for more credit, then resume.'),
  ],
  ['800066 800067 800068 800088 800089', reject('A limit of subscriptions, seats or assets is exceeded.')],
  ['800018', hold('The integration sandbox is full; cancel old orders in it.')],
  ['900203 900206', reject('An attestation is missing; the request must say that it was accepted.')],
  ['27006 27007', reject('The promotion is not valid, or is used up.')],
  ['2072 800015 800016 2071 900154', reject('The partner id (MPN) of the reseller is wrong.')],
  // Reservations and add-ons
  ['800011 800012 800021', reject('The subscription is not an active Azure subscription.')],
  ['800013 800030', hold('The subscription is not registered for reservations; register it, then resume.')],
  ['800029', reject('The add-on does not fit its parent.')],
  ['800086', hold('The tenant does not meet the requirements of the offer.')],
  ['900116 900128 900129', hold('A limit of Azure plans or a requirement of metered SaaS blocks this.')],
  ['900112 900113 900114', hold('An Azure upgrade of this customer blocks purchases; resume when it is done.')],
  ['900419', hold('The tenant has too many subscriptions.')],
  // Orders and subscriptions
  ['20000', wait(60, 'The order does not exist; a new order may take some minutes to appear.')],
  ['800007', wait(60, 'There is no provisioning status yet.')],
  ['800014', wait(300, 'An earlier change of this order is still in progress.')],
  ['800061 800063 900117 800019 800077', reject('This order cannot be cancelled this way, or no longer.')],
  ['800071', reject('The order has no line with this number.')],
  ['20003 800037 800076', reject('Partner Center does not know this subscription or asset.')],
];

const BY_CODE = new Map(ROWS.flatMap(([codes, entry]) => codes.split(' ').map((code) => [code, entry] as const)));

/** What to do where only the HTTP status is known. */
const BY_STATUS = new Map<number, ErrorEntry>([
  [400, reject('Partner Center refused the request.')],
  [401, hold('Partner Center refused a fresh token too; check the app registration, its consent and the audience.')],
  [403, hold('Partner Center forbids this to the signed-in app or user.')],
  [404, reject('Partner Center does not know this resource.')],
  [405, reject('Partner Center does not allow this method here.')],
  [406, reject('Partner Center cannot answer in this format.')],
  [
    408,
    {
      remedy: 'repeat',
      writeRemedy: 'verify',
      unclear: true,
      advice: 'Partner Center timed out waiting for the request.',
    },
  ],
  [409, { ...wait(60, 'Another operation on this resource is in progress.'), unclear: true }],
  [412, { remedy: 'verify', advice: 'The record changed meanwhile; read it again and repeat once.' }],
  [417, reject('A precondition of this call is not met.')],
  [429, wait(60, 'Too many requests; wait as long as Partner Center says.')],
  [501, hold('Partner Center does not implement this.')],
]);

const SERVER_FAILURE: ErrorEntry = {
  remedy: 'repeat',
  writeRemedy: 'verify',
  unclear: true,
  advice: 'Partner Center or the network is failing.',
};
const REDIRECT = hold('The answer was a redirect, which is never followed; check the API root.');
const OTHER = reject('Partner Center refused the request.');
const UNKNOWN_CODE = hold('Cartage does not know this Partner Center code; look it up, then resume or cancel.');
/** Statuses that say what to do, whatever the code. */
const DECISIVE_STATUSES = new Set([401, 408, 409, 412, 429]);

/** The entry for an answer; the code decides first, then the status. */
export function lookUpError(status: number, code: string | undefined): ErrorEntry {
  const known = code === undefined ? undefined : BY_CODE.get(code);
  if (known !== undefined) return known;
  if (status >= 300 && status < 400) return REDIRECT;
  if (code !== undefined && status < 500 && !DECISIVE_STATUSES.has(status)) return UNKNOWN_CODE;
  return BY_STATUS.get(status) ?? (status >= 500 ? SERVER_FAILURE : OTHER);
}

/** True for a code of the table; tells a fault inside a 200 (400072) from a resource that happens to have a code. */
export function isKnownErrorCode(code: string): boolean {
  return BY_CODE.has(code);
}
