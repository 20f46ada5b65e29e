import type { Encodable } from '#amqp/value';
import type { Place } from '#broker/address';
import type { Broker } from '#broker/broker';
import type { Request } from './request';

/** The body of a management answer. */
export type Body = ReadonlyMap<string, Encodable>;

/** Carries out one management operation; undefined means that there is nothing (204). Throws AmqpError. */
export type Operator = (request: Request, place: Place, broker: Broker) => Body | undefined | Promise<Body | undefined>;
