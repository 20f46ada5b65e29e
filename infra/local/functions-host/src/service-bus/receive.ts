import type { ServiceBusClient, ServiceBusReceiver, ServiceBusReceiverOptions } from '@azure/service-bus';
import type { ServiceBusTrigger } from '#invocation/hosted-function';
import type { HostJson } from '#settings/host-json';

const DEAD_LETTER_SUFFIX = /\/\$deadletterqueue$/i;

/** Opens the receiver of a trigger's queue or subscription; either may name its dead-letter queue with `/$deadletterqueue`. */
export function createReceiver(
  client: ServiceBusClient,
  trigger: ServiceBusTrigger,
  host: HostJson,
): ServiceBusReceiver {
  const entity = trigger.queueName ?? trigger.subscriptionName ?? '';
  const options: ServiceBusReceiverOptions = {
    receiveMode: 'peekLock',
    skipParsingBodyAsJson: true,
    maxAutoLockRenewalDurationInMs: host.extensions.serviceBus.maxAutoLockRenewalDuration,
    ...(DEAD_LETTER_SUFFIX.test(entity) && { subQueueType: 'deadLetter' }),
  };
  const name = entity.replace(DEAD_LETTER_SUFFIX, '');
  return trigger.topicName === undefined
    ? client.createReceiver(name, options)
    : client.createReceiver(trigger.topicName, name, options);
}

/** The name of the trigger's queue or subscription, for the log. */
export const entityName = ({ queueName, topicName, subscriptionName }: ServiceBusTrigger): string =>
  queueName ?? `${topicName ?? ''}/${subscriptionName ?? ''}`;
