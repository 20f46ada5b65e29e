/** The settings of a queue, topic or subscription; a topic uses those that mean something to it. Durations are milliseconds; NEVER is longer than any other. */
export interface QueueSettings {
  lockDuration: number;
  maxDeliveryCount: number;
  requiresSession: boolean;
  requiresDuplicateDetection: boolean;
  duplicateDetectionHistoryTimeWindow: number;
  defaultMessageTimeToLive: number;
  deadLetteringOnMessageExpiration: boolean;
  forwardTo: string | undefined;
  forwardDeadLetteredMessagesTo: string | undefined;
  maxSizeInMegabytes: number;
  maxMessageSizeInKilobytes: number;
}

/** The properties a correlation filter compares; each that is given must be equal. */
export interface CorrelationFilter {
  correlationId?: string | undefined;
  messageId?: string | undefined;
  to?: string | undefined;
  replyTo?: string | undefined;
  label?: string | undefined;
  sessionId?: string | undefined;
  replyToSessionId?: string | undefined;
  contentType?: string | undefined;
  properties: Record<string, string | number | boolean>;
}

/** Which messages a subscription takes. */
export type Filter =
  | { kind: 'true' }
  | { kind: 'false' }
  | { kind: 'correlation'; filter: CorrelationFilter }
  | { kind: 'sql'; expression: string };

/** A rule of a subscription; `action` is an SQL rule action that changes the message, or undefined. */
export interface Rule {
  name: string;
  filter: Filter;
  action: string | undefined;
}

/** A duration that never ends. A plain number, so that settings survive as JSON. */
export const NEVER = Number.MAX_SAFE_INTEGER;
