const EURO_COUNTRIES = 'AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK'.split(' ');

const CURRENCY_BY_COUNTRY: Readonly<Record<string, string>> = {
  ...Object.fromEntries(EURO_COUNTRIES.map((country) => [country, 'EUR'])),
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

const SYMBOLS: Readonly<Record<string, string>> = {
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

/** The currency a country is billed in; US dollars for countries that are not in the table. */
export const currencyOf = (country: string): string => CURRENCY_BY_COUNTRY[country] ?? 'USD';

/** The symbol that the API gives with an amount; some currencies have only their code (as CHF in the examples). */
export const symbolOf = (currency: string): string => SYMBOLS[currency] ?? currency;
