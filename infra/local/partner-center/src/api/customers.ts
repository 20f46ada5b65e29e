import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import { customerNameFilter } from '#rules/customer-filter';
import type { Customer } from '#store/records';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { link } from '#wire/link';
import { continued } from '#wire/paging';
import { customerOf } from './customer-of';

/** Customers (pages "get-a-list-of-customers", "get-a-customer-by-id", "get-a-customer-by-name"). */
export const customerRoutes: readonly Route[] = [
  { name: 'listCustomers', method: 'GET', path: '/v1/customers', access: 'token', throttle: 'tenant', answer: list },
  {
    name: 'getCustomer',
    method: 'GET',
    path: '/v1/customers/{customerId}',
    access: 'token',
    throttle: 'tenant',
    answer: one,
  },
];

function list(call: Call, context: SandboxContext): Answer {
  const matches = customerNameFilter(call.query.get('filter'));
  const found = [...context.store.customers.all()].filter((customer) => matches(customer));
  return json(continued(call, found.map(short), 500));
}

function one(call: Call, context: SandboxContext): Answer {
  return json(full(customerOf(call, context)));
}

/** List items have no address: only the customer itself shows its country. */
const short = (customer: Customer): object => ({
  id: customer.id,
  companyProfile: {
    tenantId: customer.id,
    domain: customer.domain,
    companyName: customer.companyName,
    attributes: { objectType: 'CustomerCompanyProfile' },
  },
  relationshipToPartner: customer.relationshipToPartner,
  attributes: { objectType: 'Customer' },
});

function full(customer: Customer): object {
  const self = `/customers/${customer.id}`;
  const { firstName, lastName, ...companyAddress } = customer.address;
  return {
    id: customer.id,
    commerceId: customer.commerceId,
    companyProfile: {
      tenantId: customer.id,
      domain: customer.domain,
      companyName: customer.companyName,
      address: companyAddress,
      email: customer.email,
      links: { self: link(`${self}/profiles/company`) },
      attributes: { objectType: 'CustomerCompanyProfile' },
    },
    billingProfile: {
      id: customer.billingProfileId,
      firstName,
      lastName,
      email: customer.email,
      culture: customer.culture,
      language: customer.culture.slice(0, 2),
      companyName: customer.companyName,
      defaultAddress: customer.address,
      links: { self: link(`${self}/profiles/billing`) },
      attributes: { etag: '-4242348048554929329', objectType: 'CustomerBillingProfile' },
    },
    relationshipToPartner: customer.relationshipToPartner,
    allowDelegatedAccess: true,
    customDomains: [customer.domain],
    links: { self: link(self) },
    attributes: { objectType: 'Customer' },
  };
}
