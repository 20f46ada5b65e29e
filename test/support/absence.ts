import { RestError } from '@azure/core-rest-pipeline';
import { ServiceBusError } from '@azure/service-bus';
import type { Bus } from '#shared/azure/bus';
import type { Table } from '#shared/azure/table';

/** What can be away: the table, the bus, or the bus for senders only. */
export type Absent = 'table' | 'bus' | 'sending';

/** The table or the bus, away for a while, as the SDKs tell it. */
export class Absence {
  readonly #now: () => Date;
  #what: Absent | undefined;
  #until = 0;

  constructor(now: () => Date) {
    this.#now = now;
  }

  begin(what: Absent, seconds: number): void {
    this.#what = what;
    this.#until = this.#now().getTime() + seconds * 1000;
  }

  /** Whoever is away delivers nothing; milliseconds since 1970. */
  noDeliveryBefore(): number {
    return this.#what === 'bus' ? this.#until : 0;
  }

  table(table: Table): Table {
    const gate = () => {
      if (this.#isAway('table')) throw new RestError('The server is busy.', { statusCode: 503, code: 'ServerBusy' });
    };
    return {
      read: async (...args) => (gate(), table.read(...args)),
      readAll: async (...args) => (gate(), table.readAll(...args)),
      write: async (...args) => (gate(), table.write(...args)),
    };
  }

  bus(bus: Bus): Bus {
    return {
      send: async (...args) => {
        if (this.#isAway('bus') || this.#isAway('sending'))
          throw new ServiceBusError('The bus is away.', 'ServiceCommunicationProblem');
        return bus.send(...args);
      },
    };
  }

  #isAway(what: Absent): boolean {
    return this.#what === what && this.#now().getTime() < this.#until;
  }
}
