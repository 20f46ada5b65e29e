/** A SKU as the API writes it (page "product-resources"), without its links. */
export interface Sku {
  readonly id: string;
  readonly productId: string;
  readonly title: string;
  readonly description: string;
  readonly minimumQuantity: number;
  readonly maximumQuantity: number;
  readonly isTrial: boolean;
  readonly supportedBillingCycles: readonly string[];
  readonly purchasePrerequisites?: readonly string[];
  readonly inventoryVariables?: readonly string[];
  readonly provisioningVariables?: readonly string[];
  readonly dynamicAttributes: Readonly<Record<string, unknown>>;
  readonly attestationProperties?: { readonly attestationType: string; readonly enforceAttestation: boolean };
  readonly actions?: readonly string[];
}

const USUAL = { minimumQuantity: 1, maximumQuantity: 999_999_999, isTrial: false, dynamicAttributes: {} } as const;

/** The SKUs of every product. */
export const SKUS: readonly Sku[] = [
  {
    ...USUAL,
    id: '0001',
    productId: 'DZH318Z0CSA1',
    title: 'Northwind Mail Guard, Standard plan',
    description: 'Up to 1,000 mailboxes.',
    maximumQuantity: 1000,
    supportedBillingCycles: ['monthly', 'annual'],
  },
  {
    ...USUAL,
    id: '0001',
    productId: 'DG7GMGF0D5P1',
    title: 'Windows Server 2022 Standard, 16 Core License Pack',
    description: 'Perpetual, commercial.',
    maximumQuantity: 5000,
    supportedBillingCycles: ['one_time'],
    actions: ['Refund'],
  },
  {
    ...USUAL,
    id: '0002',
    productId: 'DG7GMGF0FSS1',
    title: 'SQL Server Enterprise, 2 Core License Pack',
    description: 'One or three years.',
    maximumQuantity: 5000,
    supportedBillingCycles: ['one_time', 'annual', 'triennial'],
    actions: ['Refund'],
  },
  {
    ...USUAL,
    id: '00B1',
    productId: 'DZH318Z0RVM1',
    title: 'Reserved VM Instance, Standard_B1s, West Europe, 1 Year',
    description: 'Reserved Virtual Machines Instance, Standard_B1s, West Europe, 1 Year',
    supportedBillingCycles: ['one_time'],
    purchasePrerequisites: ['InventoryCheck', 'AzureSubscriptionRegistration'],
    inventoryVariables: ['CustomerId', 'AzureSubscriptionId', 'ArmRegionName'],
    provisioningVariables: ['Scope', 'SubscriptionId'],
    dynamicAttributes: {
      armSkuName: 'Standard_B1s',
      armRegionName: 'westeurope',
      region: 'West Europe',
      cores: '1',
      ram: '1',
      duration: '1Year',
      category: 'Burstable',
      skuDisplayName: 'B1s',
    },
  },
  {
    ...USUAL,
    id: '0001',
    productId: 'DZH318Z0BPS6',
    title: 'Azure plan',
    description: 'Azure, paid by usage.',
    maximumQuantity: 1,
    supportedBillingCycles: ['monthly'],
    purchasePrerequisites: ['MicrosoftCustomerAgreement'],
  },
  {
    ...USUAL,
    id: '0001',
    productId: 'CFQ7TTC0LH18',
    title: 'Microsoft 365 Business Basic',
    description: 'Per user.',
    maximumQuantity: 300,
    supportedBillingCycles: ['monthly', 'annual'],
    purchasePrerequisites: ['MicrosoftCustomerAgreement'],
    dynamicAttributes: {
      isAddon: false,
      hasConstraints: false,
      provisioningId: '3b555118-da6a-4418-894f-7df1e2096870',
    },
  },
  {
    ...USUAL,
    id: '0002',
    productId: 'CFQ7TTC0LH18',
    title: 'Microsoft 365 Business Basic, for public bodies',
    description: 'Per user, for those who attest that they may have it.',
    maximumQuantity: 300,
    supportedBillingCycles: ['monthly', 'annual'],
    purchasePrerequisites: ['MicrosoftCustomerAgreement'],
    attestationProperties: { attestationType: 'PublicBody', enforceAttestation: true },
  },
  {
    ...USUAL,
    id: '0001',
    productId: 'CFQ7TTC0ADD1',
    title: 'Microsoft 365 Extra Storage',
    description: 'Per gigabyte, beside a Microsoft 365 licence.',
    maximumQuantity: 10_000,
    supportedBillingCycles: ['monthly', 'annual'],
    purchasePrerequisites: ['MicrosoftCustomerAgreement'],
    dynamicAttributes: { isAddon: true, hasConstraints: false, prerequisiteSkus: ['CFQ7TTC0LH18:0001'] },
  },
  {
    ...USUAL,
    id: '0001',
    productId: 'DZH318Z0RST1',
    title: 'Standard_ND12s, Japan West',
    description: 'Sold out everywhere.',
    supportedBillingCycles: ['one_time'],
    purchasePrerequisites: ['InventoryCheck'],
    inventoryVariables: ['CustomerId'],
    dynamicAttributes: { armSkuName: 'Standard_ND12s', armRegionName: 'japanwest', region: 'Japan West' },
  },
  {
    ...USUAL,
    id: '0001',
    productId: 'DZH318Z0NOP1',
    title: 'Visio Online Plan 1 (retired)',
    description: 'No longer sold.',
    supportedBillingCycles: ['monthly'],
  },
];
