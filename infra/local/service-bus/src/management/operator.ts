import type { Encodable } from '#amqp/value';
import type { Broker } from '#broker';
import type { Place } from '#clients/address';
import type { Request } from '#clients/request';

/** The body of a management answer. */
export type Body = ReadonlyMap<string, Encodable>;

/** Carries out one management operation; undefined means that there is nothing (204). Throws AmqpError. */
export type Operator = (request: Request, place: Place, broker: Broker) => Body | undefined | Promise<Body | undefined>;
