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

/** The same JSON with every member name in the API's own spelling. */
export function withKnownNames(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withKnownNames);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [spell(name), withKnownNames(value)]));
}
