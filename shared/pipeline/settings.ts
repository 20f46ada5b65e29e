import type { Limits } from '#shared/domain/limits';

/** The settings of the pipeline (shared/config.ts reads them). All durations are in seconds. */
export interface PipelineSettings {
  /** How long a checkout may take before its outcome is unclear, in seconds. */
  readonly checkoutTimeoutSeconds: number;
  /** When an order is polled again: the first, second, third time and so on; the last one repeats. */
  readonly trackingIntervalsSeconds: readonly number[];
  /** Whether a completed order is also asked for its lines' provisioning, entitlements and activation links. */
  readonly trackProvisioning: boolean;
  /** How long a purchase may stay at one stage before it is held for an operator. */
  readonly stageTimeoutSeconds: number;
  /** How often a purchase's watchdog ticks. */
  readonly watchdogSeconds: number;
  /** How long a message waits while storage, the bus or the like is away: the first, second, third time and so on; the last one repeats. */
  readonly outagePausesSeconds: readonly number[];
  /** How long a product, a SKU or a customer's country is remembered; an availability never is. */
  readonly catalogueSeconds: number;
  /** The countries without software subscriptions and Azure reservations; without it the documented ones. */
  readonly unavailableMarkets?: readonly string[] | undefined;
  /** Whether Microsoft has qualified the partner to sell perpetual software; the API does not say. */
  readonly perpetualSoftwareQualified: boolean;
  /** What each purchase of a requester may be at most, by the requester's id. */
  readonly requesterLimits: ReadonlyMap<string, Limits>;
}
