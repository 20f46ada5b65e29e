import type { Encodable } from '#local/service-bus/amqp/value';
import type { Broker } from '#local/service-bus/broker';
import type { Place } from '#local/service-bus/clients/address';
import type { Request } from '#local/service-bus/clients/request';

/** The body of a management answer. */
export type Body = ReadonlyMap<string, Encodable>;

/** Carries out one management operation; undefined means that there is nothing (204). Throws AmqpError. */
export type Operator = (request: Request, place: Place, broker: Broker) => Body | undefined | Promise<Body | undefined>;
