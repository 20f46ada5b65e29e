/** How often each route was called since this process started; calls of the login authority are counted apart. */
export class Counts {
  readonly #calls = new Map<string, number>();
  #tokens = 0;
  #unknown = 0;

  api(route: { readonly method: string; readonly path: string }): void {
    const name = `${route.method} ${route.path}`;
    this.#calls.set(name, (this.#calls.get(name) ?? 0) + 1);
  }

  token(): void {
    this.#tokens += 1;
  }

  notImitated(): void {
    this.#unknown += 1;
  }

  report(): { total: number; calls: Record<string, number>; tokenCalls: number; notImitated: number } {
    const calls = Object.fromEntries(this.#calls);
    const total = [...this.#calls.values()].reduce((sum, count) => sum + count, 0);
    return { total, calls, tokenCalls: this.#tokens, notImitated: this.#unknown };
  }
}
