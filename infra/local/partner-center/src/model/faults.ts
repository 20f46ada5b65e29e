import { chance } from './chance';
import type { CallFault, Fault, FaultOf } from './fault';

interface ArmedFault {
  readonly id: number;
  readonly fault: Fault;
  /** The next random number of its own seed, from 0 up to 1. */
  readonly next: () => number;
  seen: number;
  fired: number;
}

/** A fault in force: its number, how many calls it has seen, and how often it struck. */
export type ListedFault = Readonly<Omit<ArmedFault, 'next'>>;

/** The faults in force. They live in memory: a restart forgets them, and so does `POST /sandbox/reset`. */
export class Faults {
  #armed: ArmedFault[] = [];
  #lastId = 0;

  /** Returns the number of the fault. */
  add(fault: Fault): number {
    this.#lastId += 1;
    this.#armed.push({ id: this.#lastId, fault, next: chance(fault.seed), seen: 0, fired: 0 });
    return this.#lastId;
  }

  clear(): void {
    this.#armed = [];
  }

  list(): readonly ListedFault[] {
    return this.#armed;
  }

  /** The fault that strikes this call, if any. */
  strike(route: string): CallFault | undefined {
    return this.#first((fault) => (isCallFault(fault) && names(fault, route) ? fault : undefined));
  }

  /** The code with which this order group fails in this checkout, if any. */
  orderError(group: string): number | undefined {
    return this.#first((fault) =>
      fault.kind === 'order-error' && (fault.group ?? group) === group ? fault : undefined,
    )?.code;
  }

  /** What goes wrong with this attempt to deliver an event, if anything. */
  webhook(eventName: string): FaultOf<'webhook'> | undefined {
    return this.#first((fault) => (fault.kind === 'webhook' && names(fault, eventName) ? fault : undefined));
  }

  /** The first eligible fault that is due. Every eligible fault sees the call, so that `skip` counts the same calls for each. */
  #first<F extends Fault>(eligible: (fault: Fault) => F | undefined): F | undefined {
    let striking: F | undefined;
    for (const armed of this.#armed) {
      const fault = eligible(armed.fault);
      if (!fault || !isDue(armed) || striking) continue;
      armed.fired += 1;
      striking = fault;
    }
    return striking;
  }
}

const isCallFault = (fault: Fault): fault is CallFault => fault.kind !== 'order-error' && fault.kind !== 'webhook';

function names(fault: Fault, route: string): boolean {
  const routes = typeof fault.route === 'string' ? [fault.route] : fault.route;
  return routes.some((name) => name === '*' || name.toLowerCase() === route.toLowerCase());
}

function isDue(armed: ArmedFault): boolean {
  const { skip, probability } = armed.fault;
  const times = armed.fault.times ?? (probability === undefined ? 1 : Infinity);
  armed.seen += 1;
  const isDrawn = probability === undefined || armed.next() < probability;
  return isDrawn && armed.seen > skip && armed.fired < times;
}
