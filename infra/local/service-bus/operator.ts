import type { AmqpError } from './amqp/amqp-error';
import type { Encodable } from './amqp/value';
import type { Place } from './address';
import type { Broker, Done } from './broker';
import type { Request } from './request';

/** The body of a management answer. */
export type Body = ReadonlyMap<string, Encodable>;

/** Carries out one management operation; undefined means that there is nothing (204). Throws AmqpError. */
export type Operator = (request: Request, place: Place, broker: Broker) => Body | undefined | Promise<Body | undefined>;

/** Waits until what `start` began is on disk. Rejects with an AmqpError. */
export function written(start: (done: Done) => void): Promise<void> {
  return new Promise((fulfil, reject) => {
    start((error: AmqpError | undefined) => (error ? reject(error) : fulfil()));
  });
}
