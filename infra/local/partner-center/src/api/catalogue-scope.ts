import type { Availability } from '#model/catalogue';
import type { SandboxContext } from '#model/sandbox-context';
import { isPerpetualSoftware } from '#seed/products';
import type { Call } from '#wire/call';
import { refusal } from '#wire/refusal';
import { customerOf } from './customer-of';

/** The part of the catalogue that a call sees: a country, and the filters of its query. */
export interface CatalogueScope {
  readonly country: string;
  readonly availabilities: readonly Availability[];
  /** Is the catalogue within the targetSegment? Lists are empty otherwise. */
  readonly inSegment: boolean;
}

const VIEWS: ReadonlySet<string> = new Set([
  'azure',
  'azurereservations',
  'azurereservationsvm',
  'azurereservationssql',
  'azurereservationscosmosdb',
  'microsoftazure',
  'onlineservices',
  'software',
  'softwaresuselinux',
  'softwareperpetual',
  'softwaresubscriptions',
  'marketplacesaas',
]);
const SEGMENTS: ReadonlySet<string> = new Set(['commercial', 'education', 'government', 'nonprofit']);

/** The scope of a call by country (`country` is required) or by customer (the customer's country). */
export function scopeOf(call: Call, context: SandboxContext): CatalogueScope {
  const country = countryOf(call, context);
  const scope = call.query.word('reservationScope');
  if (scope !== undefined && scope !== 'azureplan') throw refusal('invalidInput', 'reservationScope is AzurePlan.');
  const segment = call.query.word('targetSegment');
  if (segment !== undefined && !SEGMENTS.has(segment)) throw refusal('segmentRefused');
  // Page "make-a-one-time-purchase": perpetual software needs a qualification of the partner.
  const sold = context.catalogue
    .availabilities(country, scope)
    .filter((one) => context.settings.perpetualSoftware || !isPerpetualSoftware(one.product));
  // Everything in this catalogue is of the commercial segment.
  return { country, availabilities: sold, inSegment: segment === undefined || segment === 'commercial' };
}

/** The required `targetView`. */
export function viewOf(call: Call, context: SandboxContext): string {
  const view = call.query.word('targetView');
  if (view === undefined) throw refusal('invalidInput', 'targetView is required.');
  if (!VIEWS.has(view)) throw refusal('viewRefused');
  if (view === 'softwareperpetual' && !context.settings.perpetualSoftware) throw refusal('viewRefused');
  return view;
}

function countryOf(call: Call, context: SandboxContext): string {
  if (/\/customers\//i.test(call.path)) return customerOf(call, context).address.country;
  return requiredCountry(call);
}

/** The required query parameter `country`, two letters. */
export function requiredCountry(call: Call): string {
  const country = call.query.get('country') ?? '';
  if (!/^[a-z]{2}$/i.test(country)) throw refusal('invalidInput', 'country is required, two letters.');
  return country.toUpperCase();
}
