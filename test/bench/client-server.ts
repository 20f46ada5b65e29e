import { createServer, type ServerResponse } from 'node:http';

/**
 * The other side of the client bench, in a process of its own: it answers every sign-in, one order, and an invoice of
 * as many line items as asked for, in pages with continuation tokens.
 */

const ORDER = JSON.stringify({
  id: 'KaJ8XvkKc_GoNZOUyjVaRJalTBN5MWdV1',
  alternateId: '0a3624c6e47d',
  referenceCustomerId: '7c1f0a52-91d3-4e0b-9f43-5d2a6c7b8e01',
  billingCycle: 'one_time',
  currencyCode: 'EUR',
  currencySymbol: '€',
  lineItems: [0, 1, 2].map((lineItemNumber) => ({
    lineItemNumber,
    offerId: 'DZH318Z0BQ36:004G:DZH318Z08C0S',
    termDuration: 'P1Y',
    transactionType: 'New',
    friendlyName: 'Reserved VM Instance, Standard_NV12, US East 2, 1 Year',
    quantity: 1,
    links: { sku: { uri: '/products/DZH318Z0BQ36/skus/004G?country=US', method: 'GET', headers: [] } },
  })),
  creationDate: '2019-01-16T00:48:51.6578126Z',
  status: 'pending',
  transactionType: 'UserPurchase',
  links: { self: { uri: '/customers/7c1f0a52/orders/KaJ8XvkKc', method: 'GET', headers: [] } },
  attributes: { objectType: 'Order' },
});

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://bench');
  if (url.pathname.includes('/oauth2/')) {
    answer(response, JSON.stringify({ token_type: 'Bearer', expires_in: 3600, access_token: 'x'.repeat(1500) }));
  } else if (url.pathname.endsWith('/lineitems')) {
    const start = Number(request.headers['ms-continuationtoken'] ?? 0);
    answer(response, linePage(start, Number(url.searchParams.get('size')), Number(url.pathname.split('/')[3])));
  } else {
    answer(response, ORDER);
  }
  request.resume();
});

function answer(response: ServerResponse, body: string): void {
  response.writeHead(200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

function linePage(start: number, size: number, total: number): string {
  const end = Math.min(start + size, total);
  const items = Array.from({ length: end - start }, (_, index) => line(start + index)).join(',');
  const more = end < total ? `,"continuationToken":"${end}"` : '';
  return `{"totalCount":${end - start},"items":[${items}]${more},"attributes":{"objectType":"Collection"}}`;
}

function line(number: number): string {
  return `{"partnerId":"934f3416-bc2f-47f3-b492-77e517d4e572","customerId":"c139c4bf-2e8b-4ab5-8bed-d9f50dcca7a2","customerName":"Proseware S.A.","customerDomainName":"proseware.onmicrosoft.com","customerCountry":"FR","invoiceNumber":"G000773581","mpnId":"5357564","resellerMpnId":"0","orderId":"order${number}","orderDate":"2021-05-20T18:48:30.6168285Z","productId":"CFQ7TTC0HL8W","skuId":"0001","availabilityId":"CFQ7TTC0K59S","productName":"Power BI Premium Per User","skuName":"Power BI Premium Per User","productQualifiers":[],"chargeType":"new","unitPrice":"16","effectiveUnitPrice":14.4,"unitType":"","quantity":50,"subtotal":720,"taxTotal":73.25,"totalForCustomer":793.25,"currency":"EUR","publisherName":"Microsoft Corporation","publisherId":"","subscriptionDescription":"","subscriptionId":"9d7d1f3d-c8de-461c-db6d-91debd5129f0","subscriptionStartDate":"2021-05-20T00:00:00Z","subscriptionEndDate":"2022-05-19T00:00:00Z","chargeStartDate":"2021-05-20T00:00:00Z","chargeEndDate":"2021-06-19T00:00:00Z","termAndBillingCycle":"One-Year commitment for monthly/yearly billing","alternateId":"5f9d52bb1408","priceAdjustmentDescription":"[\\"Price for given term\\"]","discountDetails":"","pricingCurrency":"EUR","pcToBCExchangeRate":"1","pcToBCExchangeRateDate":"2021-05-01T00:00:00","billableQuantity":"50","meterDescription":"","billingFrequency":"Monthly","invoiceLineItemType":"billing_line_items","billingProvider":"one_time","attributes":{"objectType":"OneTimeInvoiceLineItem"}}`;
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : undefined);
});
process.on('disconnect', () => process.exit(0));
