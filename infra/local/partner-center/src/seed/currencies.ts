const euroCountries = 'AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK'.split(' ');

const currencyByCountry: Readonly<Record<string, string>> = {
  ...Object.fromEntries(euroCountries.map((country) => [country, 'EUR'])),
  AU: 'AUD',
  BR: 'BRL',
  CA: 'CAD',
  CH: 'CHF',
  CN: 'CNY',
  DK: 'DKK',
  GB: 'GBP',
  JP: 'JPY',
  NO: 'NOK',
  SE: 'SEK',
  TW: 'TWD',
};

const symbols: Readonly<Record<string, string>> = {
  AUD: '$',
  BRL: 'R$',
  CAD: '$',
  CNY: '¥',
  DKK: 'kr',
  EUR: '€',
  GBP: '£',
  JPY: '¥',
  NOK: 'kr',
  SEK: 'kr',
  TWD: 'NT$',
  USD: '$',
};

/** The currency a country is billed in; US dollars where the table is silent. */
export const currencyOf = (country: string): string => currencyByCountry[country] ?? 'USD';

/** The sign the service prints beside an amount; some currencies have only their code (as CHF in the examples). */
export const symbolOf = (currency: string): string => symbols[currency] ?? currency;
