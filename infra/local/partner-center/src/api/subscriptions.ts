import type { Route } from '#model/route';
import type { SandboxContext } from '#model/sandbox-context';
import type { Subscription } from '#store/records';
import { json, type Answer } from '#wire/answer';
import type { Call } from '#wire/call';
import { collection, link } from '#wire/link';
import { selfOf } from '#wire/paging';
import { refusal } from '#wire/refusal';
import { NEVER, wireTime } from '#wire/time';
import { customerOf } from './customer-of';

const PATH = '/v1/customers/{customerId}/subscriptions';

/** Subscriptions (pages "get-a-subscription-by-id", "get-a-list-of-subscriptions-by-order", "get-all-of-a-customer-s-subscriptions"). */
export const subscriptionRoutes: readonly Route[] = [
  { name: 'listSubscriptions', method: 'GET', path: PATH, access: 'token', throttle: 'tenant', answer: list },
  {
    name: 'getSubscription',
    method: 'GET',
    path: `${PATH}/{subscriptionId}`,
    access: 'token',
    throttle: 'tenant',
    answer: one,
  },
];

function list(call: Call, context: SandboxContext): Answer {
  const customer = customerOf(call, context);
  const orderId = call.query.get('order_id');
  const seen = context.store.subscriptions
    .of(customer.id)
    .filter((subscription) => subscription.visibleAt <= context.clock.now())
    .filter((subscription) => orderId === undefined || subscription.orderId === orderId);
  return json(
    collection(
      seen.map((subscription) => body(subscription, context)),
      selfOf(call),
    ),
  );
}

function one(call: Call, context: SandboxContext): Answer {
  return json(body(subscriptionOf(call, context), context));
}

/** The provisioned subscription that the path names; anything else is 404/20003. */
export function subscriptionOf(call: Call, context: SandboxContext): Subscription {
  const customer = customerOf(call, context);
  const subscription = context.store.subscriptions.get(call.param('subscriptionId').toLowerCase());
  if (subscription?.customerId !== customer.id || subscription.visibleAt > context.clock.now()) {
    throw refusal('subscriptionUnknown');
  }
  return subscription;
}

function body(subscription: Subscription, context: SandboxContext): object {
  const { productType, parentSubscriptionId, termDuration, country, offerId } = subscription;
  const [product = '', sku, availability = ''] = offerId.split(':');
  const catalogue =
    sku === undefined
      ? { offer: link(`/offers/${offerId}?country=${country}`) }
      : {
          product: link(`/products/${product}?country=${country}`),
          sku: link(`/products/${product}/skus/${sku}?country=${country}`),
          availability: link(`/products/${product}/skus/${sku}/availabilities/${availability}?country=${country}`),
        };
  const item = context.catalogue.item(offerId);
  const cancellableUntil = subscription.createdAt + context.settings.cancelWindowSeconds * 1000;
  return {
    id: subscription.id,
    offerId,
    offerName: subscription.offerName,
    friendlyName: subscription.friendlyName,
    productType: productType === undefined ? undefined : { id: productType, displayName: productType },
    quantity: subscription.quantity,
    unitType: subscription.unitType,
    parentSubscriptionId,
    creationDate: wireTime(subscription.createdAt),
    effectiveStartDate: wireTime(subscription.createdAt),
    commitmentEndDate: subscription.endsAt === undefined ? NEVER : wireTime(subscription.endsAt),
    cancellationAllowedUntilDate:
      item?.offer.yields === 'software-subscription' ? wireTime(cancellableUntil) : undefined,
    status: subscription.status,
    autoRenewEnabled: false,
    isTrial: false,
    billingType: subscription.billingType,
    billingCycle: subscription.billingCycle,
    termDuration,
    isMicrosoftProduct: item?.product.isMicrosoftProduct,
    publisherName: item?.product.publisherName,
    attentionNeeded: false,
    actionTaken: false,
    contractType: 'subscription',
    links: { ...catalogue, self: link(`/customers/${subscription.customerId}/subscriptions/${subscription.id}`) },
    orderId: subscription.orderId,
    attributes: { etag: Buffer.from(subscription.id).toString('base64'), objectType: 'Subscription' },
  };
}
