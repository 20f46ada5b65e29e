import { defined } from '#shared/domain/defined';
import type { RequestedLine } from '#shared/domain/purchase-request';
import type { Offer, Purchase } from '#shared/domain/purchase';
import type { NewCart, NewCartLine } from '#shared/partner-center/resources/carts';

/** The cart that asks for exactly what discovery chose (page "Create a cart"). Lines keep the request's order. */
export function buildCart({ request, offers = [] }: Purchase): NewCart {
  const offerOf = new Map(offers.map((offer) => [offer.lineId, offer]));
  const lineItems = request.lines.map(({ addonItems = [], ...line }, index) => {
    const addons = addonItems.map((addon, at) => cartLine(addon, found(offerOf, `${index + 1}.${at + 1}`)));
    const parent = cartLine(line, found(offerOf, `${index + 1}`));
    return addons.length > 0 ? { ...parent, addonItems: addons } : parent;
  });
  const hasPartnerOnRecord = request.lines.some(({ participants = [] }) => participants.length > 0);
  return { lineItems, ...(hasPartnerOnRecord ? { partnerOnRecordAttestationAccepted: true } : {}) };
}

function cartLine(line: RequestedLine, offer: Offer): NewCartLine {
  const provisioningContext = provisioningContextOf(line);
  return {
    catalogItemId: offer.catalogItemId,
    quantity: offer.quantity,
    billingCycle: offer.billingCycle,
    termDuration: offer.termDuration,
    currencyCode: offer.currencyCode,
    friendlyName: line.friendlyName,
    participants: line.participants,
    renewsTo: line.renewsTo,
    promotionId: line.promotionId,
    attestationAccepted: line.attestationAccepted,
    customTermEndDate: line.customTermEndDate,
    ...(Object.keys(provisioningContext).length > 0 ? { provisioningContext } : {}),
  };
}

/** What the SKU's provisioningVariables ask for (page "Cart resources"). */
function provisioningContextOf(line: RequestedLine): Record<string, string> {
  return {
    ...line.provisioningContext,
    ...(line.azureSubscriptionId === undefined
      ? {}
      : { subscriptionId: line.azureSubscriptionId, scope: line.reservationScope ?? 'shared' }),
    ...defined({ parentSubscriptionId: line.parentSubscriptionId }),
  };
}

function found(offers: ReadonlyMap<string, Offer>, lineId: string): Offer {
  const offer = offers.get(lineId);
  if (!offer) throw new Error(`Line ${lineId} has come to the cart without an offer.`);
  return offer;
}
