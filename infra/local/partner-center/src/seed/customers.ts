import type { Customer } from '#store/records';

const PLAIN = {
  relationshipToPartner: 'reseller',
  agreementConfirmed: true,
  locked: false,
} as const satisfies Partial<Customer>;

/** The customers of a new sandbox. */
export const CUSTOMERS: readonly Customer[] = [
  {
    ...PLAIN,
    qualifications: [],
    id: 'b3f4a2de-0c35-4ae5-9d1e-2f0e1c7d9a01',
    commerceId: '0b5c7a10-4b3f-4a43-9c0a-6d1f2b7c9a01',
    billingProfileId: '6e0f4a54-51d5-4b1c-8f44-0a5cb4f19a01',
    companyName: 'Contoso GmbH',
    domain: 'contoso-gmbh.onmicrosoft.com',
    email: 'einkauf@contoso-gmbh.example.com',
    culture: 'de-DE',
    address: {
      country: 'DE',
      city: 'Berlin',
      addressLine1: 'Musterstrasse 1',
      postalCode: '10115',
      firstName: 'Erika',
      lastName: 'Mustermann',
      phoneNumber: '+49 30 1234567',
    },
  },
  {
    ...PLAIN,
    qualifications: [],
    id: '5f1c6a77-93b8-4f0a-8a8e-7c2f8f3b2c02',
    commerceId: '1c6d8b21-5c40-4b54-8d1b-7e203c8d2c02',
    billingProfileId: '7f105b65-62e6-4c2d-9055-1b6dc502ac02',
    companyName: 'Fabrikam Inc.',
    domain: 'fabrikam.onmicrosoft.com',
    email: 'purchasing@fabrikam.example.com',
    culture: 'en-US',
    address: {
      country: 'US',
      region: 'WA',
      city: 'Redmond',
      state: 'WA',
      addressLine1: '1 Example Way',
      postalCode: '98052',
      firstName: 'Jane',
      lastName: 'Doe',
      phoneNumber: '4255550100',
    },
  },
  {
    ...PLAIN,
    qualifications: [],
    id: '0d9e8c7b-6a5f-4e3d-8c2b-1a0f9e8d7c03',
    commerceId: '2d7e9c32-6d51-4c65-9e2c-8f314d9e7c03',
    billingProfileId: '80216c76-73f7-4d3e-a166-2c7ed613bc03',
    companyName: 'Tailspin Toys',
    domain: 'tailspintoys.onmicrosoft.com',
    email: 'compras@tailspintoys.example.com',
    culture: 'pt-BR',
    address: {
      country: 'BR',
      city: 'Curitiba',
      addressLine1: 'Rua Exemplo 1',
      postalCode: '80000-000',
      firstName: 'Maria',
      lastName: 'Silva',
      phoneNumber: '+55 41 5550100',
    },
  },
];
