import { defined } from '#shared/domain/defined';
import type { Seal } from '#shared/domain/seal';
import type { ServiceBusClient, ServiceBusMessage, ServiceBusReceiver, ServiceBusSender } from '@azure/service-bus';

/** A message to a queue or topic. A Buffer is sent as it is, in a data section; any other body as JSON. */
export interface BusMessage {
  messageId: string;
  body: unknown;
  subject?: string;
  correlationId?: string;
  contentType?: string;
  properties?: Record<string, BusProperty>;
  /** Not to be delivered before this time. */
  notBefore?: Date;
}

/** What an application property can be. */
export type BusProperty = string | number | boolean | Date | null;

/** Where messages are sent. A send that returned is on the broker's disk. */
export interface Bus {
  send(entity: string, message: BusMessage): Promise<void>;
  /** Signs what must be believed when it comes back over a queue. Absent: nothing is signed. */
  readonly seal?: Seal | undefined;
}

export function createBus(client: ServiceBusClient, seal?: Seal): Bus {
  const senders = new Map<string, ServiceBusSender>();
  return {
    seal,
    async send(entity, message) {
      const sender = senders.get(entity) ?? client.createSender(entity);
      senders.set(entity, sender);
      await sender.sendMessages(toServiceBus(message));
    },
  };
}

/** Asks the broker what is next in a queue, and takes nothing: whether the bus can be reached, and opened with our key or identity. */
export function createBusProbe(client: ServiceBusClient, queue: string): () => Promise<void> {
  let receiver: ServiceBusReceiver | undefined;
  return async () => {
    receiver ??= client.createReceiver(queue);
    await receiver.peekMessages(1);
  };
}

function toServiceBus({
  messageId,
  body,
  subject,
  correlationId,
  contentType,
  properties,
  notBefore,
}: BusMessage): ServiceBusMessage {
  return {
    messageId,
    body,
    contentType: contentType ?? 'application/json',
    ...defined({ subject, correlationId, applicationProperties: properties, scheduledEnqueueTimeUtc: notBefore }),
  };
}
