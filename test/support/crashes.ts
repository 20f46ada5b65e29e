import type { Bus } from '#shared/azure/bus';
import type { Table } from '#shared/azure/table';
import type { Transport } from '#shared/partner-center/transport';

/** The process dies at the n-th effect: right before it, or right after it with its answer lost. */
export interface CrashPoint {
  effect: number;
  when: 'before' | 'after';
}

/** What a dying process throws. Nothing in the product knows it. */
export class Crash extends Error {
  override name = 'Crash';
}

/** Counts effects (writes, sends, calls that change something) and dies at the chosen ones. */
export class Crashes {
  readonly #points: CrashPoint[];
  /** How many effects there were so far. */
  count = 0;

  constructor(points: CrashPoint[]) {
    this.#points = [...points];
  }

  async effect<T>(work: () => Promise<T>): Promise<T> {
    const number = ++this.count;
    const point = this.#points.find(({ effect }) => effect === number);
    if (point?.when === 'before') throw new Crash(`before effect ${number}`);
    const result = await work();
    if (point?.when === 'after') throw new Crash(`after effect ${number}`);
    return result;
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
