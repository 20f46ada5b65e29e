import { defined } from '#store/defined';
import type { LineError } from '#store/records';

/** Error codes of cart lines (page "cart-resources"; the newer ones are in `CartErrorCode` of the .NET SDK). */
const CART_ERRORS = {
  0: 'Unknown',
  10000: 'CurrencyIsNotSupported',
  10001: 'CatalogItemIdIsNotValid',
  10002: 'QuotaNotAvailable',
  10003: 'InventoryNotAvailable',
  10004: 'ParticipantsIsNotSupportedForPartner',
  10006: 'UnableToProcessCartLineItem',
  10007: 'SubscriptionIsNotValid',
  10008: 'SubscriptionIsNotEnabledForRI',
  10009: 'SandboxLimitExceeded',
  10010: 'InvalidInput',
  10011: 'SubscriptionNotRegistered',
  10012: 'AttestationNotAccepted',
  10013: 'BillingPlanNotSupported',
  10014: 'InvalidPromotionId',
  10015: 'MaxAllowedSeatsPerSubscriptionExceeded',
  10016: 'InvalidCustomTermEndDateProduct',
  10017: 'InvalidCustomTermEndDate',
  10018: 'BaseOfferSeatQuantityNotMet',
  10019: 'MinimumAddOnSeatsNotMet',
  500600: 'LegacyOfferNotEligibleForPurchase',
} as const;

/** One of the documented codes. */
type CartErrorCode = keyof typeof CART_ERRORS;

/** Is this one of the documented codes? */
export const isCartErrorCode = (code: number): code is CartErrorCode => Object.hasOwn(CART_ERRORS, code);

/** The error of a cart line. */
export const cartError = (code: CartErrorCode, detail?: string): LineError => ({
  errorCode: code,
  errorDescription: CART_ERRORS[code],
  ...defined({ additionalInformation: detail }),
});
