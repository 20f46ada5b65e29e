import { NEVER, type QueueSettings, type Rule } from './settings';

const MINUTE = 60_000;

/** What an entity is unless its definition says otherwise: the defaults of Azure Service Bus, with the message size of its premium tier. */
export const DEFAULT_SETTINGS: QueueSettings = {
  lockDuration: MINUTE,
  maxDeliveryCount: 10,
  requiresSession: false,
  requiresDuplicateDetection: false,
  duplicateDetectionHistoryTimeWindow: 10 * MINUTE,
  defaultMessageTimeToLive: NEVER,
  deadLetteringOnMessageExpiration: false,
  forwardTo: undefined,
  forwardDeadLetteredMessagesTo: undefined,
  maxSizeInMegabytes: 1024,
  maxMessageSizeInKilobytes: 1024,
};

/** The rule of a subscription that is given no other: it takes every message. */
export const DEFAULT_RULE: Rule = { name: '$Default', filter: { kind: 'true' }, action: undefined };
