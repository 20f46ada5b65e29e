import { z } from 'zod';
import { PartnerCenterError } from '#shared/partner-center/errors/partner-center-error';
import { callApi } from '#shared/partner-center/http/call-api';
import { expectIds } from '#shared/partner-center/http/expect-ids';
import { readPages } from '#shared/partner-center/http/pages';
import { path } from '#shared/partner-center/http/path';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import { date, enumOf, flag, list, openEnum, record, text } from '#shared/partner-center/schema/json-types';

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
  relationshipToPartner: enumOf('none', 'reseller', 'advisor', 'syndication', 'microsoft_support').default('unknown'),
  allowDelegatedAccess: flag.optional(),
  customDomains: list(text),
  associatedPartnerId: text.optional(),
};

/** Only members of relationship 'reseller' can be sold to. `country` is read with the customer itself, not in lists. */
const customerSchema = record(shortCustomer).transform(({ companyProfile, billingProfile, ...customer }) => ({
  ...customer,
  companyName: companyProfile?.companyName,
  domain: companyProfile?.domain,
  culture: billingProfile?.culture,
  country: (billingProfile?.defaultAddress?.country ?? companyProfile?.address?.country)?.toUpperCase(),
}));
export type Customer = z.infer<typeof customerSchema>;

/** One customer, with the country that decides catalogue and market ("Get a customer by ID"). */
export async function getCustomer(pc: Transport, customerId: string, call: Call): Promise<Customer> {
  const place = path`/v1/customers/${customerId}`;
  const read = { operation: 'get customer', method: 'GET', path: place, token: 'app', customerId } as const;
  const customer = await callApi(pc, read, customerSchema, call);
  expectIds(read, call, { id: [customerId, customer.id] });
  return customer;
}

export interface CustomerFilter {
  /** Only "starts with" works ("Get a list of customers filtered by a search field"). */
  readonly field: 'CompanyName' | 'Domain' | 'IndirectReseller' | 'IndirectCloudSolutionProvider';
  readonly startsWith: string;
}

/** All customers, page after page, without their country ("Get a list of customers"). */
export function listCustomers(
  pc: Transport,
  {
    filter,
    pageSize = SERVERS_CHOICE,
  }: { readonly filter?: CustomerFilter | undefined; readonly pageSize?: number | undefined },
  call: Call,
): AsyncIterable<Customer> {
  const search = filter && { Field: filter.field, Value: filter.startsWith, Operator: 'starts_with' };
  return readPages(
    pc,
    {
      operation: 'list customers',
      method: 'GET',
      path: '/v1/customers',
      query: { size: pageSize, filter: search && JSON.stringify(search) },
      token: 'app',
    },
    'continuation',
    customerSchema,
    call,
    { idOf: ({ id }) => id },
  );
}

/** The size is required but its maximum is not documented; 0, as the official SDK sends it, leaves it to the server. */
const SERVERS_CHOICE = 0;

const qualification = record({
  qualification: openEnum('none', 'education', 'nonprofit', 'government_community_cloud', 'state_owned_entity'),
  vettingStatus: enumOf('approved', 'in_review', 'denied').optional(),
  vettingReason: text.optional(),
  vettingCreatedDate: date.optional(),
  vettingCreateDate: date.optional(),
}).transform(({ vettingCreateDate, vettingCreatedDate, ...rest }) => ({
  ...rest,
  // Spelled one way when read and another when set.
  vettingCreatedDate: vettingCreatedDate ?? vettingCreateDate,
}));
export type Qualification = z.infer<typeof qualification>;
const qualificationList = z.array(qualification);
const oldQualification = openEnum('none', 'education', 'nonprofit', 'government_community_cloud');

/** What a customer qualifies for ("Get a customer's qualifications"). */
export async function listQualifications(pc: Transport, customerId: string, call: Call): Promise<Qualification[]> {
  return callApi(
    pc,
    {
      operation: 'list qualifications',
      method: 'GET',
      path: path`/v1/customers/${customerId}/qualifications`,
      token: 'app',
      customerId,
    },
    qualificationList,
    call,
  );
}

/** Asks for a qualification; a government cloud one needs its validation code. Needs the user token. */
export async function setQualification(
  pc: Transport,
  customerId: string,
  wanted: {
    readonly qualification: 'education' | 'government_community_cloud';
    readonly validationCode?: string | undefined;
  },
  call: Call,
): Promise<Qualification> {
  return callApi(
    pc,
    {
      operation: 'set qualification',
      method: 'POST',
      path: path`/v1/customers/${customerId}/qualifications`,
      query: { code: wanted.validationCode },
      body: { qualification: wanted.qualification },
      token: 'user',
      customerId,
    },
    qualification,
    call,
  );
}

/** The one qualification of the older API, a bare string ("Get a customer's qualification"). */
export async function getOldQualification(pc: Transport, customerId: string, call: Call): Promise<string> {
  return callApi(
    pc,
    {
      operation: 'get qualification',
      method: 'GET',
      path: path`/v1/customers/${customerId}/qualification`,
      token: 'app',
      customerId,
    },
    oldQualification,
    call,
  );
}

const accountValidation = record({
  type: text.optional(),
  status: enumOf('allowed', 'under_review', 'not_allowed', 'not_ready').default('unknown'),
  lastUpdateDateTime: date.optional(),
});
export type AccountValidation = z.infer<typeof accountValidation>;

/**
 * Whether Microsoft has vetted the customer's account: purchases are blocked while it is under_review, not_allowed or
 * unknown. Undefined when there is no validation, which blocks nothing. Needs the user token ("Retrieve validation status of a customer").
 */
export async function getAccountValidation(
  pc: Transport,
  customerId: string,
  call: Call,
): Promise<AccountValidation | undefined> {
  try {
    return await callApi(
      pc,
      {
        operation: 'get account validation',
        method: 'GET',
        path: path`/v1/customers/${customerId}/validationStatus`,
        query: { type: 'account' },
        token: 'user',
        customerId,
      },
      accountValidation,
      call,
    );
  } catch (error) {
    if (error instanceof PartnerCenterError && error.code === NO_VALIDATION) return undefined;
    throw error;
  }
}

const NO_VALIDATION = '600074';
