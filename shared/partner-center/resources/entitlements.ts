import { z } from 'zod';
import { callApi } from '#shared/partner-center/http/call-api';
import { followLink } from '#shared/partner-center/http/follow-link';
import { path } from '#shared/partner-center/http/path';
import { readList } from '#shared/partner-center/http/read-list';
import type { Call } from '#shared/partner-center/http/request';
import type { Transport } from '#shared/partner-center/http/transport';
import {
  date,
  integer,
  link,
  list,
  map,
  openEnum,
  record,
  text,
  type Link,
} from '#shared/partner-center/schema/json-types';

/** What a customer owns: software, or a reservation. A bundle holds its contents in includedEntitlements. */
export interface Entitlement {
  readonly entitlementType?: string | undefined;
  readonly referenceOrder?:
    | { readonly id: string; readonly lineItemId?: string | undefined; readonly alternateId?: string | undefined }
    | undefined;
  readonly productId?: string | undefined;
  readonly skuId?: string | undefined;
  readonly quantity?: number | undefined;
  readonly quantityDetails: readonly { readonly quantity?: number | undefined; readonly status?: string | undefined }[];
  readonly entitledArtifacts: readonly EntitledArtifact[];
  readonly includedEntitlements: readonly Entitlement[];
  readonly fulfillmentState?: string | undefined;
  /** Only when asked for with showExpiry; never for perpetual software. */
  readonly expiryDate?: string | undefined;
  /** 'virtualmachines', 'sqldatabases' ...; on the entitlement or on its artifact, read from both. */
  readonly reservationType?: string | undefined;
}

export interface EntitledArtifact {
  readonly artifactType?: string | undefined;
  /** The Azure reservation order id. */
  readonly resourceId?: string | undefined;
  readonly link?: Link | undefined;
}

const entitlementType = openEnum('software', 'reservedinstance', 'virtualmachinereservedinstance');

const artifact = record({
  artifactType: entitlementType.optional(),
  resourceId: text.optional(),
  link: link.optional(),
  dynamicAttributes: map,
});

const entitlement: z.ZodType<Entitlement> = z.lazy(() =>
  record({
    entitlementType: entitlementType.optional(),
    referenceOrder: record({ id: text, lineItemId: text.optional(), alternateId: text.optional() }).optional(),
    productId: text.optional(),
    skuId: text.optional(),
    quantity: integer.optional(),
    quantityDetails: list(record({ quantity: integer.optional(), status: openEnum().optional() })),
    entitledArtifacts: list(artifact),
    includedEntitlements: list(entitlement),
    fulfillmentState: text.optional(),
    expiryDate: date.optional(),
    dynamicAttributes: map,
  }).transform(({ dynamicAttributes, entitledArtifacts, ...rest }) => ({
    ...rest,
    entitledArtifacts: entitledArtifacts.map(({ artifactType, resourceId, link: place }) => ({
      artifactType,
      resourceId,
      link: place,
    })),
    reservationType:
      dynamicAttributes['reservationType'] ??
      entitledArtifacts.map((each) => each.dynamicAttributes['reservationType']).find((type) => type !== undefined),
  })),
);

const reservation = record({
  reservationId: text.optional(),
  displayName: text.optional(),
  scopeType: openEnum('shared', 'single').optional(),
  appliedScopes: list(text),
  quantity: integer.optional(),
  effectiveDateTime: date.optional(),
  expiryDateTime: date.optional(),
  provisioningState: openEnum().optional(),
});

/** The list is called `reservations` in the text and `virtualMachineReservations` in every example ("Entitlement resources"). */
const reservationDetails = record({
  type: openEnum().optional(),
  reservations: list(reservation),
  virtualMachineReservations: list(reservation),
}).transform(({ type, reservations, virtualMachineReservations }) => ({
  type,
  reservations: [...reservations, ...virtualMachineReservations],
}));
export type ReservationDetails = z.infer<typeof reservationDetails>;

export interface EntitlementFilter {
  readonly entitlementType?: 'software' | 'reservedinstance' | 'virtualmachinereservedinstance' | undefined;
  readonly showExpiry?: boolean | undefined;
}

/** A customer's entitlements. Needs the user token ("Get a collection of entitlements"). */
export async function listEntitlements(
  pc: Transport,
  customerId: string,
  filter: EntitlementFilter,
  call: Call,
): Promise<Entitlement[]> {
  return readList(
    pc,
    {
      operation: 'list entitlements',
      method: 'GET',
      path: path`/v1/customers/${customerId}/entitlements`,
      query: { ...filter },
      token: 'user',
      customerId,
    },
    entitlement,
    call,
  );
}

/** The reservations behind an artifact of an entitlement: its link is the only way there. Needs the user token. */
export async function getReservationDetails(
  pc: Transport,
  customerId: string,
  artifactLink: Link,
  call: Call,
): Promise<ReservationDetails> {
  const read = followLink(artifactLink, { operation: 'get reservation details', token: 'user', customerId }, call);
  return callApi(pc, read, reservationDetails, call);
}
