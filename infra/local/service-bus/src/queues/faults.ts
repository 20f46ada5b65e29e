/** Faults to switch on or off; what is undefined stays as it is. */
interface FaultSettings {
  readonly deliverTwice?: boolean | undefined;
  /** Sends to refuse from now on. */
  readonly serverBusy?: number | undefined;
  /** Milliseconds. */
  readonly delayAcknowledgements?: number | undefined;
}

/** The faults that last, as tests have set them. All are off at start. */
export class Faults {
  #delay = 0;
  #busy = 0;
  /** The sequence numbers whose first completion was lost, by the id of their queue. */
  #twice: Map<number, Set<number>> | undefined;

  set(wanted: FaultSettings): void {
    if (wanted.deliverTwice !== undefined) this.#twice = wanted.deliverTwice ? new Map() : undefined;
    if (wanted.serverBusy !== undefined) this.#busy = wanted.serverBusy;
    if (wanted.delayAcknowledgements !== undefined) this.#delay = wanted.delayAcknowledgements;
  }

  /** True when this send is to be refused. */
  refusesSend(): boolean {
    if (this.#busy === 0) return false;
    this.#busy--;
    return true;
  }

  /** True when this completion is to be lost. */
  losesCompletion(queue: number, sequence: number): boolean {
    if (!this.#twice) return false;
    const seen = this.#twice.get(queue) ?? new Set();
    this.#twice.set(queue, seen);
    if (seen.delete(sequence)) return false;
    seen.add(sequence);
    return true;
  }

  /** Runs `acknowledge` now, or later when acknowledgements are delayed. */
  acknowledge(acknowledge: () => void): void {
    if (this.#delay === 0) acknowledge();
    else setTimeout(acknowledge, this.#delay);
  }
}
