import type { Availability } from '#model/catalogue';
import type { SandboxContext } from '#model/sandbox-context';
import type { Customer, LineError } from '#store/records';
import type { RequestedLine } from './cart-request';

/** A cart line to be checked, with what it asks for, looked up in the customer's catalogue. */
export interface CheckedLine {
  readonly line: RequestedLine;
  /** The base line, when this one is an add-on. */
  readonly parent: RequestedLine | undefined;
  readonly availability: Availability;
  readonly customer: Customer;
  readonly context: SandboxContext;
}

/** What one rule finds wrong with a line, or undefined. */
export type LineCheck = (checked: CheckedLine) => LineError | undefined;
