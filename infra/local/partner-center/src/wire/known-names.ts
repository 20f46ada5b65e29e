import { refusal } from './refusal';

/** Names of request members, spelled as the API does. Callers may write them in any case (the .NET SDK sends PascalCase). */
const NAMES = [
  'lineItems catalogItemId quantity billingCycle termDuration friendlyName currencyCode provisioningContext',
  'participants key value renewsTo addonItems promotionId attestationAccepted customTermEndDate orderGroup',
  'coterminousSubscriptionId partnerOnRecordAttestationAccepted purchaseSystem error id status lineItemNumber offerId',
  'subscriptionId scope duration parentSubscriptionId',
  'targetItems productId skuId inventoryContext customerId azureSubscriptionId armRegionName',
  'webhookUrl webhookEvents signatureTokenToMsSignatureHeader properties subscriberId lastModifiedTimestamp',
  'field operator leftFilter rightFilter qualification',
];

const SPELLING = new Map(NAMES.flatMap((line) => line.split(' ')).map((name) => [name.toLowerCase(), name]));

const spell = (name: string): string =>
  SPELLING.get(name.toLowerCase()) ?? name.charAt(0).toLowerCase() + name.slice(1);

const DEEPEST = 100;

/** The same JSON with every member name in the API's own spelling. JSON nested deeper than 100 levels is 400/800002. */
export function withKnownNames(json: unknown, depth = 0): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (depth > DEEPEST) throw refusal('invalidInput', `The JSON is nested deeper than ${DEEPEST} levels.`);
  if (Array.isArray(json)) return json.map((value) => withKnownNames(value, depth + 1));
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [spell(name), withKnownNames(value, depth + 1)]),
  );
}
