import { MARKETS_WITHOUT_TERMS } from './markets';

/** A commitment that an item is sold with, as the API writes it. */
interface Term {
  readonly duration: string;
  readonly description: string;
  /** In Pascal case, unlike elsewhere (page "product-resources"). */
  readonly billingCycle?: string;
}

/** What a SKU's availabilities are made from: one per country and reservation scope. */
export interface Offer {
  readonly productId: string;
  readonly skuId: string;
  /** The target views that list the product (page "get-a-list-of-products"), lower case. */
  readonly views: readonly string[];
  readonly terms?: readonly Term[];
  readonly isPurchasable: boolean;
  readonly isRenewable: boolean;
  readonly excludedMarkets: ReadonlySet<string>;
  /** Items for Azure plans have availabilities of their own (page "purchase-azure-reservations"). */
  readonly azurePlan: boolean;
  readonly restricted: boolean;
  /** List price of one unit for one billing period, in hundredths of any currency. */
  readonly unitCents: number;
  /** What a bundle includes (page "get-a-collection-of-entitlements"); these parts are not sold separately. */
  readonly includes?: readonly { readonly productId: string; readonly skuId: string }[];
  /** What the purchase becomes once it is provisioned. */
  readonly yields: 'subscription' | 'usage-subscription' | 'software' | 'software-subscription' | 'reservation';
}

const NO_MARKETS: ReadonlySet<string> = new Set();
const USUAL = { isPurchasable: true, excludedMarkets: NO_MARKETS, azurePlan: false, restricted: false } as const;
const LICENCE_TERMS: readonly Term[] = [
  { duration: 'P1M', description: 'One-month commitment for monthly billing', billingCycle: 'Monthly' },
  { duration: 'P1Y', description: 'One-year commitment for monthly billing', billingCycle: 'Monthly' },
  { duration: 'P1Y', description: 'One-year commitment for yearly billing', billingCycle: 'Annual' },
];

/** Everything that is sold. */
export const OFFERS: readonly Offer[] = [
  {
    ...USUAL,
    productId: 'DZH318Z0CSA1',
    skuId: '0001',
    views: ['onlineservices', 'marketplacesaas'],
    terms: [
      { duration: 'P1M', description: 'One month', billingCycle: 'Monthly' },
      { duration: 'P1Y', description: 'One year', billingCycle: 'Annual' },
    ],
    isRenewable: true,
    unitCents: 499,
    yields: 'subscription',
  },
  {
    ...USUAL,
    productId: 'DG7GMGF0D5P1',
    skuId: '0001',
    views: ['software', 'softwareperpetual'],
    isRenewable: false,
    includes: [{ productId: 'DG7GMGF0DWTJ', skuId: '0001' }],
    unitCents: 106_900,
    yields: 'software',
  },
  {
    ...USUAL,
    productId: 'DG7GMGF0FSS1',
    skuId: '0002',
    views: ['software', 'softwaresubscriptions'],
    terms: [
      { duration: 'P1Y', description: '1 year' },
      { duration: 'P3Y', description: '3 years' },
    ],
    isRenewable: true,
    excludedMarkets: MARKETS_WITHOUT_TERMS,
    unitCents: 543_401,
    yields: 'software-subscription',
  },
  {
    ...USUAL,
    productId: 'DZH318Z0RVM1',
    skuId: '00B1',
    views: ['azure', 'azurereservations', 'azurereservationsvm'],
    terms: [{ duration: 'P1Y', description: '1 Year Prepaid' }],
    isRenewable: false,
    excludedMarkets: MARKETS_WITHOUT_TERMS,
    azurePlan: true,
    unitCents: 5340,
    yields: 'reservation',
  },
  {
    ...USUAL,
    productId: 'DZH318Z0BPS6',
    skuId: '0001',
    views: ['azure', 'microsoftazure'],
    isRenewable: true,
    unitCents: 0,
    yields: 'usage-subscription',
  },
  {
    ...USUAL,
    productId: 'CFQ7TTC0LH18',
    skuId: '0001',
    views: ['onlineservices'],
    terms: LICENCE_TERMS,
    isRenewable: true,
    unitCents: 510,
    yields: 'subscription',
  },
  {
    ...USUAL,
    productId: 'CFQ7TTC0LH18',
    skuId: '0002',
    views: ['onlineservices'],
    terms: LICENCE_TERMS,
    isRenewable: true,
    unitCents: 410,
    yields: 'subscription',
  },
  {
    ...USUAL,
    productId: 'CFQ7TTC0ADD1',
    skuId: '0001',
    views: ['onlineservices'],
    terms: LICENCE_TERMS,
    isRenewable: true,
    unitCents: 19,
    yields: 'subscription',
  },
  {
    ...USUAL,
    productId: 'DZH318Z0RST1',
    skuId: '0001',
    views: ['azure'],
    isRenewable: false,
    restricted: true,
    unitCents: 310_000,
    yields: 'software',
  },
  {
    ...USUAL,
    productId: 'DZH318Z0NOP1',
    skuId: '0001',
    views: ['onlineservices'],
    terms: LICENCE_TERMS,
    isPurchasable: false,
    isRenewable: false,
    unitCents: 500,
    yields: 'subscription',
  },
];

/** Offers of the older commerce: a plain id, no product, no availability, an order group of their own. */
export const LEGACY_OFFERS: Readonly<Record<string, { readonly title: string; readonly billingCycle: string }>> = {
  'MS-AZR-0145P': { title: 'Microsoft Azure', billingCycle: 'monthly' },
};
