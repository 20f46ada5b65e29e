import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { Execute } from '#invocation/execute';
import type { HostedFunction, ServiceBusTrigger } from '#invocation/hosted-function';
import { createInFlight } from '#invocation/in-flight';
import { invocationRequest } from '#invocation/invocation-request';
import { errorMessage } from '#log/describe-error';
import type { HostLog } from '#log/log';
import type { HostJson } from '#settings/host-json';
import type { InvocationRequest } from '#worker/rpc';
import { toBatchInput, toBatchMetadata, toInput, toMetadata } from './convert';
import { entityName } from './receive';
import type { SharedClient } from './client';
import type { Outcome, Settlements } from './settlements';

export interface ServiceBusOptions {
  readonly fn: HostedFunction<ServiceBusTrigger>;
  readonly client: SharedClient;
  readonly host: HostJson;
  readonly execute: Execute;
  readonly log: HostLog;
}

/** The log category of this trigger. */
export const LOG_CATEGORY = 'Host.Triggers.ServiceBus';

/** Runs a function for messages and settles them. */
interface Processor {
  /** Never rejects. The messages are settled by the receiver that they came from. */
  process(settlements: Settlements, messages: readonly ServiceBusReceivedMessage[]): Promise<void>;
  /** Resolves when every function has ended and its messages are settled. */
  idle(): Promise<void>;
  /** Resolves when the messages of functions that have ended are settled, or after 3 s, when their connection seems to be lost. */
  settled(): Promise<void>;
}

/** When the broker dies, pending settlements get no answer, and the SDK gives up only after minutes. */
const SETTLEMENT_LIMIT_MS = 3000;

/**
 * Makes the processor of one function. A message is completed when the function returns (unless autoCompleteMessages is off), abandoned when
 * it throws; the broker counts the deliveries and dead-letters.
 */
export function createProcessor({ fn, host, execute, log }: ServiceBusOptions): Processor {
  const autoComplete = fn.trigger.autoCompleteMessages ?? host.extensions.serviceBus.autoCompleteMessages;
  const reason = `(null)New ServiceBus message detected on '${entityName(fn.trigger)}'.`;
  const executions = createInFlight();
  const settling = createInFlight();

  async function run(messages: readonly ServiceBusReceivedMessage[]): Promise<Outcome> {
    let request: InvocationRequest;
    try {
      request = toRequest(fn, messages);
    } catch (error) {
      log.write(
        'error',
        `Function.${fn.name}`,
        `Exception binding parameter '${fn.bindingName}': ${errorMessage(error)}`,
      );
      return 'abandon';
    }
    return execute(fn, request, reason).then(
      () => 'complete',
      () => 'abandon', // what was thrown is in the log
    );
  }

  async function settle(settlements: Settlements, outcome: Outcome, message: ServiceBusReceivedMessage): Promise<void> {
    try {
      await settlements[outcome](message);
    } catch (error) {
      const what = `Message of function ${fn.name} was not settled (${outcome}); it will be delivered again`;
      log.write('error', LOG_CATEGORY, `${what}: ${errorMessage(error)}`);
    }
  }

  const settled = async (): Promise<void> => {
    await Promise.race([settling.idle(), sleep(SETTLEMENT_LIMIT_MS)]);
  };

  return {
    settled,
    async process(settlements, messages) {
      const outcome = await executions.track(run(messages));
      if (outcome === 'complete' && !autoComplete) return;
      await Promise.all(messages.map((message) => settling.track(settle(settlements, outcome, message))));
    },
    async idle() {
      await executions.idle();
      await settled();
    },
  };
}

/** Throws when the body of a message can't be converted to what the function expects. */
function toRequest(
  { registered, bindingName, trigger }: HostedFunction<ServiceBusTrigger>,
  messages: readonly ServiceBusReceivedMessage[],
): InvocationRequest {
  const [message] = messages;
  if (trigger.cardinality === 'many' || message === undefined) {
    const triggerMetadata = toBatchMetadata(messages);
    return invocationRequest(registered, bindingName, toBatchInput(messages, trigger.dataType), { triggerMetadata });
  }
  const input = toInput(message, trigger.dataType);
  const triggerMetadata = toMetadata(message, input);
  const diagnosticId: unknown = message.applicationProperties?.['Diagnostic-Id'];
  const traceParent = typeof diagnosticId === 'string' ? diagnosticId : undefined;
  return invocationRequest(registered, bindingName, input, { triggerMetadata, traceParent });
}
