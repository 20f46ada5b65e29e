import type { ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';

/** The next message of a receiver; fails when none comes. */
export async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 8_000 });
  if (!message) throw new Error('no message came');
  return message;
}
