/** Work in progress. One request at a time may hold a resource or an MS-RequestId. */
export class InFlight {
  readonly #holders = new Map<string, string>();

  /** Takes the keys and returns the function that releases them. Throws `busy`'s error when another request holds one of them. */
  enter(keys: readonly string[], requestId: string, busy: (isOwnRepeat: boolean) => Error): () => void {
    const holder = keys.map((key) => this.#holders.get(key)).find((one) => one !== undefined);
    if (holder !== undefined) throw busy(holder === requestId);
    for (const key of keys) this.#holders.set(key, requestId);
    return () => {
      for (const key of keys) this.#holders.delete(key);
    };
  }
}
