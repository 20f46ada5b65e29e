/** The settings of a queue, topic or subscription; a topic uses those that apply to it. Durations are milliseconds; NEVER is longer than any other. */
export interface QueueSettings {
  readonly lockDuration: number;
  readonly maxDeliveryCount: number;
  readonly requiresSession: boolean;
  readonly requiresDuplicateDetection: boolean;
  readonly duplicateDetectionHistoryTimeWindow: number;
  readonly defaultMessageTimeToLive: number;
  readonly deadLetteringOnMessageExpiration: boolean;
  readonly forwardTo: string | undefined;
  readonly forwardDeadLetteredMessagesTo: string | undefined;
  readonly maxSizeInMegabytes: number;
  readonly maxMessageSizeInKilobytes: number;
}

/** The properties a correlation filter compares; each that is given must be equal. */
export interface CorrelationFilter {
  readonly correlationId?: string | undefined;
  readonly messageId?: string | undefined;
  readonly to?: string | undefined;
  readonly replyTo?: string | undefined;
  readonly label?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly replyToSessionId?: string | undefined;
  readonly contentType?: string | undefined;
  readonly properties: Record<string, string | number | boolean>;
}

/** Which messages a subscription takes. */
export type Filter =
  | { readonly kind: 'true' }
  | { readonly kind: 'false' }
  | { readonly kind: 'correlation'; readonly filter: CorrelationFilter }
  | { readonly kind: 'sql'; readonly expression: string };

/** A rule of a subscription; `action` is an SQL rule action that changes the message, or undefined. */
export interface Rule {
  readonly name: string;
  readonly filter: Filter;
  readonly action: string | undefined;
}

/** A duration that never ends. A plain number, so that settings survive as JSON. */
export const NEVER = Number.MAX_SAFE_INTEGER;
