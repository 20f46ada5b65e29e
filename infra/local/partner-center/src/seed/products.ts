/** A product as the API writes it (page "product-resources"), without its links, which depend on the country asked for. */
export interface Product {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly productType: { readonly id: string; readonly displayName: string; readonly subType?: ProductSubType };
  readonly isMicrosoftProduct: boolean;
  readonly publisherName: string;
}

interface ProductSubType {
  readonly id: string;
  readonly displayName: string;
}

/** Software that is bought once and kept; a partner needs a qualification to sell it. */
export const isPerpetualSoftware = (product: Product): boolean =>
  product.productType.subType?.id === 'PerpetualSoftware';

const MICROSOFT = { isMicrosoftProduct: true, publisherName: 'Microsoft' } as const;
const type = (id: string, subType?: string): Product['productType'] =>
  subType === undefined
    ? { id, displayName: id }
    : { id, displayName: id, subType: { id: subType, displayName: subType } };

/** Every product, sold or not. */
export const PRODUCTS: readonly Product[] = [
  {
    id: 'DZH318Z0CSA1',
    title: 'Northwind Mail Guard',
    description: 'Filters mail for small companies. A marketplace SaaS subscription.',
    productType: type('Azure', 'SaaS'),
    isMicrosoftProduct: false,
    publisherName: 'Northwind Traders',
  },
  {
    ...MICROSOFT,
    id: 'DG7GMGF0D5P1',
    title: 'Windows Server 2022 Standard',
    description: 'A perpetual software licence.',
    productType: type('Software', 'PerpetualSoftware'),
  },
  {
    ...MICROSOFT,
    id: 'DG7GMGF0FSS1',
    title: 'SQL Server Enterprise, 2 cores',
    description: 'A software subscription.',
    productType: type('Software', 'SoftwareSubscriptions'),
  },
  {
    ...MICROSOFT,
    id: 'DZH318Z0RVM1',
    title: 'Virtual Machines BS Series',
    description: 'Reserved instances of burstable virtual machines.',
    productType: type('Azure', 'VirtualMachines'),
  },
  {
    ...MICROSOFT,
    id: 'DZH318Z0BPS6',
    title: 'Azure plan',
    description: 'Azure, paid by usage.',
    productType: type('Azure', 'Azure'),
  },
  {
    ...MICROSOFT,
    id: 'CFQ7TTC0LH18',
    title: 'Microsoft 365 Business Basic',
    description: 'A new-commerce licence.',
    productType: type('OnlineServicesNCE'),
  },
  {
    ...MICROSOFT,
    id: 'CFQ7TTC0ADD1',
    title: 'Microsoft 365 Extra Storage',
    description: 'An add-on to a Microsoft 365 licence.',
    productType: type('OnlineServicesNCE'),
  },
  {
    ...MICROSOFT,
    id: 'DZH318Z0RST1',
    title: 'Virtual Machines ND Series',
    description: 'Sold out: its inventory check always answers that it is restricted.',
    productType: type('Azure', 'VirtualMachines'),
  },
  {
    ...MICROSOFT,
    id: 'DZH318Z0NOP1',
    title: 'Visio Online Plan 1 (retired)',
    description: 'Still listed, but none of its availabilities can be purchased.',
    productType: type('OnlineServicesNCE'),
  },
];
