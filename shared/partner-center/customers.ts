import type { z } from 'zod';
import { path } from './path';
import { callApi } from './call-api';
import type { Call, Transport } from './transport';
import { flag, list, record, text, word } from './wire';

const address = record({ country: text.optional() });

const shortCustomer = {
  id: text,
  companyProfile: record({
    tenantId: text.optional(),
    domain: text.optional(),
    companyName: text.optional(),
    address: address.optional(),
  }).optional(),
  billingProfile: record({
    culture: text.optional(),
    language: text.optional(),
    defaultAddress: address.optional(),
  }).optional(),
  relationshipToPartner: word('none', 'reseller', 'advisor', 'syndication', 'microsoft_support').default('unknown'),
  allowDelegatedAccess: flag.optional(),
  customDomains: list(text),
  associatedPartnerId: text.optional(),
};

/** Only members of relationship 'reseller' can be sold to. `country` is read with the customer itself, not in lists. */
export const customerSchema = record(shortCustomer).transform(({ companyProfile, billingProfile, ...customer }) => ({
  ...customer,
  companyName: companyProfile?.companyName,
  domain: companyProfile?.domain,
  culture: billingProfile?.culture,
  country: (billingProfile?.defaultAddress?.country ?? companyProfile?.address?.country)?.toUpperCase(),
}));
export type Customer = z.infer<typeof customerSchema>;

/** One customer, with the country that decides catalogue and market ("Get a customer by ID"). */
export async function getCustomer(pc: Transport, customerId: string, call: Call): Promise<Customer> {
  return callApi(
    pc,
    { operation: 'get customer', method: 'GET', path: path`/v1/customers/${customerId}`, token: 'app', customerId },
    customerSchema,
    call,
  );
}
