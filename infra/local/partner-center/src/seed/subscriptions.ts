import type { Subscription } from '#store/records';

const AZURE = {
  offerId: 'MS-AZR-0145P',
  offerName: 'Microsoft Azure',
  friendlyName: 'Microsoft Azure',
  quantity: 1,
  unitType: 'Usage-based',
  createdAt: Date.UTC(2024, 4, 10, 7, 30, 5),
  visibleAt: Date.UTC(2024, 4, 10, 7, 30, 5),
  status: 'active',
  billingType: 'usage',
  billingCycle: 'monthly',
} as const satisfies Partial<Subscription>;

/** Two Azure subscriptions: Contoso's still has to be registered for reservations, Fabrikam's is. */
export const SUBSCRIPTIONS: readonly Subscription[] = [
  {
    ...AZURE,
    id: 'c0ffee00-0000-4000-8000-000000000001',
    customerId: 'b3f4a2de-0c35-4ae5-9d1e-2f0e1c7d9a01',
    country: 'DE',
    orderId: 'b23fdedd-d6bd-415a-8b71-3624c81c9601',
  },
  {
    ...AZURE,
    id: 'c0ffee00-0000-4000-8000-000000000002',
    customerId: '5f1c6a77-93b8-4f0a-8a8e-7c2f8f3b2c02',
    country: 'US',
    orderId: 'b23fdedd-d6bd-415a-8b71-3624c81c9602',
    registeredAt: Date.UTC(2024, 4, 11),
  },
];
