import { z } from 'zod';
import { countsOf } from '#admin/counts';
import type { Entity } from '#broker/entities';
import { camelCase } from '#config/camel-case';
import { defined } from '#config/defined';
import { duration, formatDuration } from '#config/duration';
import { wholeNumber } from '#config/whole-number';
import { NEVER, type QueueSettings } from '#definitions/settings';
import type { Element } from './xml';

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
/** The SDK turns the name of a target into an address. */
const target = z.string().transform((text) => text.replace(/^[a-z]+:\/\/[^/]*\//, '') || undefined);

/** What a description in a request may set; what the broker does not have is ignored, except a status other than active. */
const schema = z
  .object({
    LockDuration: duration(5_000, 300_000),
    MaxSizeInMegabytes: wholeNumber(1, 81_920),
    RequiresDuplicateDetection: flag,
    RequiresSession: flag,
    DefaultMessageTimeToLive: duration(1_000, NEVER),
    DeadLetteringOnMessageExpiration: flag,
    DuplicateDetectionHistoryTimeWindow: duration(20_000, 7 * 24 * 60 * 60_000),
    MaxDeliveryCount: wholeNumber(1, 2_000),
    Status: z.literal('Active'),
    ForwardTo: target,
    ForwardDeadLetteredMessagesTo: target,
    MaxMessageSizeInKilobytes: wholeNumber(1, 102_400),
  })
  .partial();

/** The settings that a description asks for, over `base`. Throws a ZodError for impossible values. */
export function readSettings(description: unknown, base: QueueSettings): QueueSettings {
  const { Status: _, ...given } = schema.parse(description);
  // A target that is not mentioned is removed.
  const { forwardTo, forwardDeadLetteredMessagesTo, ...others } = camelCase(given);
  return { ...base, ...defined(others), forwardTo, forwardDeadLetteredMessagesTo };
}

/** The description of an entity with its counts, as the SDK's admin client reads it. */
export function writeEntity(entity: Entity): Element {
  const names = {
    queue: 'QueueDescription',
    topic: 'TopicDescription',
    subscription: 'SubscriptionDescription',
  } as const;
  const { createdAt, updatedAt } = entity.description;
  return {
    name: names[entity.kind],
    attributes: {
      xmlns: 'http://schemas.microsoft.com/netservices/2010/10/servicebus/connect',
      'xmlns:i': 'http://www.w3.org/2001/XMLSchema-instance',
    },
    content: [
      ...writeSettings(entity.description.settings),
      ...writeCounts(entity),
      { name: 'CreatedAt', content: new Date(createdAt).toISOString() },
      { name: 'UpdatedAt', content: new Date(updatedAt).toISOString() },
      { name: 'AccessedAt', content: new Date(updatedAt).toISOString() },
      ...CONSTANTS,
    ],
  };
}

/** What is the same for every entity. */
const CONSTANTS: Element[] = [
  { name: 'Status', content: 'Active' },
  { name: 'EntityAvailabilityStatus', content: 'Available' },
  { name: 'AutoDeleteOnIdle', content: formatDuration(NEVER) },
  { name: 'EnableBatchedOperations', content: true },
  { name: 'EnablePartitioning', content: false },
  { name: 'EnableExpress', content: false },
  { name: 'SupportOrdering', content: true },
  { name: 'DeadLetteringOnFilterEvaluationExceptions', content: false },
];

function writeSettings(settings: QueueSettings): (Element | undefined)[] {
  const { forwardTo, forwardDeadLetteredMessagesTo } = settings;
  return [
    { name: 'LockDuration', content: formatDuration(settings.lockDuration) },
    { name: 'MaxSizeInMegabytes', content: settings.maxSizeInMegabytes },
    { name: 'RequiresDuplicateDetection', content: settings.requiresDuplicateDetection },
    { name: 'RequiresSession', content: settings.requiresSession },
    { name: 'DefaultMessageTimeToLive', content: formatDuration(settings.defaultMessageTimeToLive) },
    { name: 'DeadLetteringOnMessageExpiration', content: settings.deadLetteringOnMessageExpiration },
    {
      name: 'DuplicateDetectionHistoryTimeWindow',
      content: formatDuration(settings.duplicateDetectionHistoryTimeWindow),
    },
    { name: 'MaxDeliveryCount', content: settings.maxDeliveryCount },
    { name: 'MaxMessageSizeInKilobytes', content: settings.maxMessageSizeInKilobytes },
    forwardTo === undefined ? undefined : { name: 'ForwardTo', content: forwardTo },
    forwardDeadLetteredMessagesTo === undefined
      ? undefined
      : { name: 'ForwardDeadLetteredMessagesTo', content: forwardDeadLetteredMessagesTo },
  ];
}

function writeCounts(entity: Entity): Element[] {
  const { queue } = entity;
  const deadLetters = entity.kind === 'topic' ? undefined : entity.deadLetters;
  const { active, scheduled, deadLetter } = countsOf(queue, deadLetters);
  const details = {
    ActiveMessageCount: active,
    DeadLetterMessageCount: deadLetter,
    ScheduledMessageCount: scheduled,
    TransferMessageCount: 0,
    TransferDeadLetterMessageCount: 0,
  };
  return [
    { name: 'SizeInBytes', content: queue.bytes + (deadLetters?.bytes ?? 0) },
    { name: 'MessageCount', content: queue.messages.size + deadLetter },
    { name: 'SubscriptionCount', content: entity.kind === 'topic' ? entity.subscriptions.size : 0 },
    {
      name: 'CountDetails',
      attributes: { 'xmlns:d2p1': 'http://schemas.microsoft.com/netservices/2011/06/servicebus' },
      content: Object.entries(details).map(([name, content]) => ({ name: `d2p1:${name}`, content })),
    },
  ];
}
