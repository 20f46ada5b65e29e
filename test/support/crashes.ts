import type { Bus } from '#shared/azure/bus';
import type { Table } from '#shared/azure/table';
import type { Transport } from '#shared/partner-center/http/transport';

/** The process dies at the n-th effect: right before it, or right after it with its answer lost. */
export interface CrashPoint {
  effect: number;
  when: 'before' | 'after';
}

/** What somebody else does at that very moment, while the process goes on. */
export interface Interruption extends CrashPoint {
  act(): Promise<void>;
}

/** What a dying process throws. Nothing in the product knows it. */
export class Crash extends Error {
  override name = 'Crash';
}

/** Counts effects (writes, sends, calls that change something), and dies or is interrupted at the chosen ones. */
export class Crashes {
  readonly #points: CrashPoint[];
  readonly #interruption: Interruption | undefined;
  /** How many effects there were so far. */
  count = 0;

  constructor(points: CrashPoint[], interruption?: Interruption) {
    this.#points = [...points];
    this.#interruption = interruption;
  }

  async effect<T>(work: () => Promise<T>): Promise<T> {
    const number = ++this.count;
    await this.#reach(number, 'before');
    const [answer] = await Promise.allSettled([work()]);
    // Whatever the answer was, a failure too: nobody hears it if the process dies here.
    await this.#reach(number, 'after');
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  }

  async #reach(number: number, moment: CrashPoint['when']): Promise<void> {
    const isHere = ({ effect, when }: CrashPoint) => effect === number && when === moment;
    if (this.#points.some(isHere)) throw new Crash(`${moment} effect ${number}`);
    if (this.#interruption && isHere(this.#interruption)) await this.#interruption.act();
  }

  table(table: Table): Table {
    return { ...table, write: (...args) => this.effect(() => table.write(...args)) };
  }

  bus(bus: Bus): Bus {
    return { send: (...args) => this.effect(() => bus.send(...args)) };
  }

  transport(transport: Transport): Transport {
    return {
      send: (request, call) =>
        request.method === 'GET' || request.readsOnly
          ? transport.send(request, call)
          : this.effect(() => transport.send(request, call)),
      download: (request, call) => transport.download(request, call),
    };
  }
}
