import { refusal } from './refusal';

/** Work that is going on now. One request at a time may hold a resource or an MS-RequestId. */
export class InFlight {
  private readonly holders = new Map<string, string>();

  /**
   * Takes hold of the keys and answers the function that lets go. Refuses with 409: 800060 for a checkout whose own
   * repeat comes while it runs, 800064 for anything else (page "error-codes").
   */
  enter(keys: readonly string[], requestId: string, isCheckout: boolean): () => void {
    const holder = keys.map((key) => this.holders.get(key)).find((one) => one !== undefined);
    if (holder !== undefined) throw refusal(isCheckout && holder === requestId ? 'orderInProgress' : 'cartBusy');
    for (const key of keys) this.holders.set(key, requestId);
    return () => {
      for (const key of keys) this.holders.delete(key);
    };
  }
}
