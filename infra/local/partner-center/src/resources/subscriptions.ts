import { never, wireTime } from '#clock';
import { json, type Answer } from '#http/answer';
import type { Call } from '#http/call';
import { collection, link } from '#http/link';
import { selfOf } from '#http/paging';
import { refusal } from '#http/refusal';
import type { Route } from '#http/route';
import type { Subscription } from '#store/records';
import type { World } from '#world';
import { customerOf } from './customer-of';

const path = '/v1/customers/{customerId}/subscriptions';

/** Subscriptions (pages "get-a-subscription-by-id", "get-a-list-of-subscriptions-by-order", "get-all-of-a-customer-s-subscriptions"). */
export const subscriptionRoutes: readonly Route[] = [
  { name: 'listSubscriptions', method: 'GET', path, access: 'token', throttle: 'tenant', answer: list },
  {
    name: 'getSubscription',
    method: 'GET',
    path: `${path}/{subscriptionId}`,
    access: 'token',
    throttle: 'tenant',
    answer: one,
  },
];

function list(call: Call, world: World): Answer {
  const customer = customerOf(call, world);
  const orderId = call.query.get('order_id');
  const seen = world.store.subscriptions
    .of(customer.id)
    .filter((subscription) => subscription.visibleAt <= world.clock.now())
    .filter((subscription) => orderId === undefined || subscription.orderId === orderId);
  return json(
    collection(
      seen.map((subscription) => body(subscription, world)),
      selfOf(call),
    ),
  );
}

function one(call: Call, world: World): Answer {
  return json(body(subscriptionOf(call, world), world));
}

/** The provisioned subscription the path names; anything else is 404/20003. */
export function subscriptionOf(call: Call, world: World): Subscription {
  const customer = customerOf(call, world);
  const subscription = world.store.subscriptions.get(call.param('subscriptionId').toLowerCase());
  if (subscription?.customerId !== customer.id || subscription.visibleAt > world.clock.now()) {
    throw refusal('subscriptionUnknown');
  }
  return subscription;
}

function body(subscription: Subscription, world: World): object {
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
  const goods = world.catalogue.goods(offerId);
  const cancellableUntil = subscription.createdAt + world.settings.cancelWindowSeconds * 1000;
  return {
    id: subscription.id,
    offerId,
    offerName: subscription.offerName,
    friendlyName: subscription.friendlyName,
    ...(productType === undefined ? {} : { productType: { id: productType, displayName: productType } }),
    quantity: subscription.quantity,
    unitType: subscription.unitType,
    ...(parentSubscriptionId === undefined ? {} : { parentSubscriptionId }),
    creationDate: wireTime(subscription.createdAt),
    effectiveStartDate: wireTime(subscription.createdAt),
    commitmentEndDate: subscription.endsAt === undefined ? never : wireTime(subscription.endsAt),
    ...(goods?.offer.yields === 'software-subscription'
      ? { cancellationAllowedUntilDate: wireTime(cancellableUntil) }
      : {}),
    status: subscription.status,
    autoRenewEnabled: false,
    isTrial: false,
    billingType: subscription.billingType,
    billingCycle: subscription.billingCycle,
    ...(termDuration === undefined ? {} : { termDuration }),
    ...(goods
      ? { isMicrosoftProduct: goods.product.isMicrosoftProduct, publisherName: goods.product.publisherName }
      : {}),
    attentionNeeded: false,
    actionTaken: false,
    contractType: 'subscription',
    links: { ...catalogue, self: link(`/customers/${subscription.customerId}/subscriptions/${subscription.id}`) },
    orderId: subscription.orderId,
    attributes: { etag: Buffer.from(subscription.id).toString('base64'), objectType: 'Subscription' },
  };
}
