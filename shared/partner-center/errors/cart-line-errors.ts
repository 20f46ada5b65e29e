import type { Remedy } from './partner-center-error';

/** Why a line of a cart can't be bought, and what to do about it. */
export interface CartLineErrorEntry {
  readonly code: string;
  readonly name: string;
  readonly remedy: Remedy;
  readonly advice: string;
}

/** The error codes of cart lines ("Cart resources", and the newer ones of the official SDK). 10005 does not exist. */
const ROWS: readonly (readonly [code: string, name: string, remedy: Remedy, advice: string])[] = [
  ['10000', 'CurrencyIsNotSupported', 'reject', 'The item is not sold in this currency.'],
  [
    '10001',
    'CatalogItemIdIsNotValid',
    'refresh-catalogue',
    'The catalog item id is not valid any more; if a fresh catalogue does not help, cancel and ask for another item.',
  ],
  ['10002', 'QuotaNotAvailable', 'hold', 'The quota does not allow this quantity; ask for more, then resume.'],
  ['10003', 'InventoryNotAvailable', 'hold', 'The item is out of stock; resume later.'],
  ['10004', 'ParticipantsIsNotSupportedForPartner', 'reject', 'A direct-bill partner cannot name a reseller.'],
  ['10006', 'UnableToProcessCartLineItem', 'hold', 'Partner Center could not process this line; resume once.'],
  ['10007', 'SubscriptionIsNotValid', 'reject', 'The Azure subscription does not exist or is not active.'],
  ['10008', 'SubscriptionIsNotEnabledForRI', 'reject', 'Reservations cannot be bought for this subscription.'],
  ['10009', 'SandboxLimitExceeded', 'hold', 'The integration sandbox is full; cancel old orders in it.'],
  ['10010', 'InvalidInput', 'reject', 'The quantity, term or provisioning data of the line is not valid.'],
  ['10011', 'SubscriptionNotRegistered', 'hold', 'Register the Azure subscription for reservations, then resume.'],
  ['10012', 'AttestationNotAccepted', 'reject', 'The item needs an attestation; the request must accept it.'],
  ['10013', 'BillingPlanNotSupported', 'reject', 'The item is not sold with this billing cycle.'],
  ['10014', 'InvalidPromotionId', 'reject', 'The promotion is not valid for this item.'],
  ['10015', 'MaxAllowedSeatsPerSubscriptionExceeded', 'reject', 'The quantity is more than a subscription may hold.'],
  ['10016', 'InvalidCustomTermEndDateProduct', 'reject', 'The end of the term cannot be chosen for this item.'],
  ['10017', 'InvalidCustomTermEndDate', 'reject', 'The chosen end of the term is not allowed.'],
  ['10018', 'BaseOfferSeatQuantityNotMet', 'reject', 'The base offer has too few seats for this quantity.'],
  ['10019', 'MinimumAddOnSeatsNotMet', 'reject', 'The add-on needs more seats.'],
  ['500600', 'LegacyOfferNotEligibleForPurchase', 'reject', 'This legacy offer is no longer sold.'],
];

const UNKNOWN = {
  name: 'Unknown',
  remedy: 'hold',
  advice: 'Partner Center gave no reason that Cartage knows; look at the line.',
} as const;

const BY_SPELLING = new Map(
  ROWS.flatMap(([code, name, remedy, advice]) => {
    const entry: CartLineErrorEntry = { code, name, remedy, advice };
    return [[code, entry] as const, [fold(name), entry] as const];
  }),
);

/** The entry for an errorCode as it came: digits, or a name in any spelling. A new code is 'Unknown' and held. */
export function lookUpCartLineError(code: string): CartLineErrorEntry {
  return BY_SPELLING.get(fold(code)) ?? { code, ...UNKNOWN };
}

function fold(code: string): string {
  return code.replaceAll('_', '').toLowerCase();
}
