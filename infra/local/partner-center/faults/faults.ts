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

  report(): object[] {
    return this.armed.map(({ id, fault, seen, fired }) => ({ id, ...fault, seen, fired }));
  }

  /** The fault that strikes this call, if any: the first armed one whose turn it is. */
  strike(route: string): CallFault | undefined {
    for (const armed of this.armed) {
      const { fault } = armed;
      if (fault.kind !== 'order-error' && fault.kind !== 'webhook' && hits(fault, route) && fires(armed)) return fault;
    }
    return undefined;
  }

  /** The code with which this order group fails in this checkout, if any. */
  orderError(group: string): number | undefined {
    for (const armed of this.armed) {
      const { fault } = armed;
      if (fault.kind === 'order-error' && (fault.group ?? group) === group && fires(armed)) return fault.code;
    }
    return undefined;
  }

  /** What goes wrong with this attempt to deliver an event, if anything. */
  webhook(eventName: string): FaultOf<'webhook'> | undefined {
    for (const armed of this.armed) {
      const { fault } = armed;
      if (fault.kind === 'webhook' && hits(fault, eventName) && fires(armed)) return fault;
    }
    return undefined;
  }
}

function hits(fault: Fault, route: string): boolean {
  const routes = typeof fault.route === 'string' ? [fault.route] : fault.route;
  return routes.some((name) => name === '*' || name.toLowerCase() === route.toLowerCase());
}

function fires(armed: Armed): boolean {
  const { skip, probability } = armed.fault;
  const times = armed.fault.times ?? (probability === undefined ? 1 : Infinity);
  armed.seen += 1;
  if (armed.seen <= skip || armed.fired >= times) return false;
  if (probability !== undefined && armed.next() >= probability) return false;
  armed.fired += 1;
  return true;
}
