import type { CallFault, Fault, FaultOf } from './fault';
import { chance } from './chance';

interface Armed {
  readonly id: number;
  readonly fault: Fault;
  readonly next: () => number;
  seen: number;
  fired: number;
}

/** The faults in force. They live in memory: a restart forgets them, `POST /sandbox/reset` too. */
export class Faults {
  private armed: Armed[] = [];
  private lastId = 0;

  add(fault: Fault): number {
    this.lastId += 1;
    this.armed.push({ id: this.lastId, fault, next: chance(fault.seed), seen: 0, fired: 0 });
    return this.lastId;
  }

  clear(): void {
    this.armed = [];
  }

  /** The faults with their numbers, how many calls met them, and how often they struck. */
  list(): readonly Readonly<Omit<Armed, 'next'>>[] {
    return this.armed;
  }

  /** The fault that strikes this call, if any. */
  strike(route: string): CallFault | undefined {
    return this.first((fault) => (isCallFault(fault) && hits(fault, route) ? fault : undefined));
  }

  /** The code with which this order group fails in this checkout, if any. */
  orderError(group: string): number | undefined {
    return this.first((fault) => (fault.kind === 'order-error' && (fault.group ?? group) === group ? fault : undefined))
      ?.code;
  }

  /** What goes wrong with this attempt to deliver an event, if anything. */
  webhook(eventName: string): FaultOf<'webhook'> | undefined {
    return this.first((fault) => (fault.kind === 'webhook' && hits(fault, eventName) ? fault : undefined));
  }

  /** The first fault in question whose turn it is. All of them see the occasion, so that `skip` counts the same for each. */
  private first<F extends Fault>(inQuestion: (fault: Fault) => F | undefined): F | undefined {
    let striking: F | undefined;
    for (const armed of this.armed) {
      const fault = inQuestion(armed.fault);
      if (!fault || !isDue(armed) || striking) continue;
      armed.fired += 1;
      striking = fault;
    }
    return striking;
  }
}

const isCallFault = (fault: Fault): fault is CallFault => fault.kind !== 'order-error' && fault.kind !== 'webhook';

function hits(fault: Fault, route: string): boolean {
  const routes = typeof fault.route === 'string' ? [fault.route] : fault.route;
  return routes.some((name) => name === '*' || name.toLowerCase() === route.toLowerCase());
}

function isDue(armed: Armed): boolean {
  const { skip, probability } = armed.fault;
  const times = armed.fault.times ?? (probability === undefined ? 1 : Infinity);
  armed.seen += 1;
  const lucky = probability === undefined || armed.next() < probability;
  return lucky && armed.seen > skip && armed.fired < times;
}
