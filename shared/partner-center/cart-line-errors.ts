import type { Remedy } from './errors';

/** What an error on a line of a cart means for a purchase. */
export interface CartLineErrorEntry {
  readonly name: string;
  readonly remedy: Extract<Remedy, 'refresh-catalogue' | 'refuse' | 'hold' | 'repeat'>;
  readonly advice: string;
}

type Row = readonly [code: string, name: string, remedy: CartLineErrorEntry['remedy'], advice: string];

/** The errors of `lineItems[].error` ("Cart resources"); they come with 201, as a number or as a name in snake case. */
const ROWS: readonly Row[] = [
  ['0', 'Unknown', 'hold', 'Partner Center gives no reason. Ask its support, then resume or cancel the purchase.'],
  ['10000', 'CurrencyIsNotSupported', 'refuse', "Leave the currency out, or name the availability's own."],
  ['10001', 'CatalogItemIdIsNotValid', 'refresh-catalogue', 'The item has changed since it was found.'],
  ['10002', 'QuotaNotAvailable', 'refuse', 'Ask for a smaller quantity.'],
  ['10003', 'InventoryNotAvailable', 'refuse', 'Ask again later, or for another SKU or region.'],
  [
    '10004',
    'ParticipantsIsNotSupportedForPartner',
    'refuse',
    'Leave the participants out: only indirect providers name them.',
  ],
  [
    '10006',
    'UnableToProcessCartLineItem',
    'hold',
    'Partner Center could not process the line. Resume the purchase to try a new cart.',
  ],
  ['10007', 'SubscriptionIsNotValid', 'refuse', 'Name an active Azure subscription of this customer.'],
  ['10008', 'SubscriptionIsNotEnabledForRI', 'refuse', 'Name an Azure subscription that may hold reservations.'],
  [
    '10009',
    'SandboxLimitExceeded',
    'hold',
    'The integration sandbox account is full: cancel orders there, then resume.',
  ],
  ['10010', 'InvalidInput', 'refuse', 'Correct the line: quantity, term or provisioning details do not fit the SKU.'],
  [
    '10011',
    'SubscriptionNotRegistered',
    'hold',
    'The Azure subscription is no longer registered for reservations. Register it, then resume.',
  ],
  ['10012', 'AttestationNotAccepted', 'refuse', 'Set attestationAccepted on the line.'],
  ['10013', 'BillingPlanNotSupported', 'refuse', 'Name another billing cycle.'],
  ['10014', 'InvalidPromotionId', 'refuse', 'Leave the promotion out, or name one that holds for this customer.'],
  ['10015', 'MaxAllowedSeatsPerSubscriptionExceeded', 'refuse', 'Ask for fewer seats.'],
  ['10016', 'InvalidCustomTermEndDateProduct', 'refuse', 'Leave customTermEndDate out: this product has none.'],
  ['10017', 'InvalidCustomTermEndDate', 'refuse', 'Name another customTermEndDate.'],
  ['10018', 'BaseOfferSeatQuantityNotMet', 'refuse', 'The base subscription has too few seats for this add-on.'],
  ['10019', 'MinimumAddOnSeatsNotMet', 'refuse', 'Ask for more seats of the add-on.'],
  [
    '500600',
    'LegacyOfferNotEligibleForPurchase',
    'refuse',
    'This legacy offer is no longer sold; ask for its successor.',
  ],
];

const entries = ROWS.flatMap(([code, name, remedy, advice]) =>
  [code, fold(name)].map((key) => [key, { name, remedy, advice }] as const),
);
const BY_KEY: ReadonlyMap<string, CartLineErrorEntry> = new Map(entries);

/** The entry for a code in either form; a code that is new to us needs a person. */
export function lookUpCartLineError(code: string): CartLineErrorEntry {
  const advice = 'Cartage does not know this error. Look it up, then resume or cancel the purchase.';
  return BY_KEY.get(fold(code)) ?? { name: code, remedy: 'hold', advice };
}

function fold(code: string): string {
  return code.toLowerCase().replaceAll('_', '');
}
