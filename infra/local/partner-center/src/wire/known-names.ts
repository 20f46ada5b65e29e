import { refusal } from './refusal';

/** Names of request members in their own spelling. Callers may write them in any case (the .NET SDK sends PascalCase). */
const names = [
  'lineItems catalogItemId quantity billingCycle termDuration friendlyName currencyCode provisioningContext',
  'participants key value renewsTo addonItems promotionId attestationAccepted customTermEndDate orderGroup',
  'coterminousSubscriptionId partnerOnRecordAttestationAccepted purchaseSystem error id status lineItemNumber offerId',
  'subscriptionId scope duration parentSubscriptionId',
  'targetItems productId skuId inventoryContext customerId azureSubscriptionId armRegionName',
  'webhookUrl webhookEvents signatureTokenToMsSignatureHeader properties subscriberId lastModifiedTimestamp',
  'field operator leftFilter rightFilter qualification',
];

const spelling = new Map(names.flatMap((line) => line.split(' ')).map((name) => [name.toLowerCase(), name]));

const spell = (name: string): string =>
  spelling.get(name.toLowerCase()) ?? name.charAt(0).toLowerCase() + name.slice(1);

const deepest = 100;

/** The same JSON with every member name in the API's own spelling. What is nested absurdly deep is refused with 400/800002. */
export function withKnownNames(json: unknown, depth = 0): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (depth > deepest) throw refusal('invalidInput', `The JSON is nested deeper than ${deepest} levels.`);
  if (Array.isArray(json)) return json.map((value) => withKnownNames(value, depth + 1));
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [spell(name), withKnownNames(value, depth + 1)]),
  );
}
