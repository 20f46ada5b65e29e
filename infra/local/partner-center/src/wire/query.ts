/** Query parameters by name, whatever their case: `currencyCode`, `currencycode` and `CurrencyCode` are one. */
export class Query {
  readonly #values: ReadonlyMap<string, string>;

  constructor(readonly text: string) {
    // The documented link of one-time line items has a second "?" where "&" is meant; the real service accepts it.
    const parameters = new URLSearchParams(text.replaceAll('?', '&'));
    this.#values = new Map([...parameters].map(([name, value]) => [name.toLowerCase(), value]));
  }

  get(name: string): string | undefined {
    return this.#values.get(name.toLowerCase());
  }

  /** The value in lower case without underscores: `one_time`, `OneTime` and `onetime` are the same. */
  word(name: string): string | undefined {
    return this.get(name)?.toLowerCase().replaceAll('_', '');
  }

  flag(name: string): boolean {
    return this.word(name) === 'true';
  }
}
