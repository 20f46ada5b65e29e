import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { HostedFunction, ServiceBusTrigger } from '#bindings';
import type { Execute } from '#execute';
import type { HostJson } from '#host-json';
import { createInFlight } from '#in-flight';
import type { HostLog } from '#log';
import type { InvocationRequest } from '#worker/rpc';
import { invocationRequest } from '#worker/worker';
import { toBatchInput, toBatchMetadata, toInput, toMetadata } from './convert';
import { entityName } from './receive';
import type { SharedClient } from './client';
import type { Outcome, Settlements } from './settlements';

export interface ServiceBusOptions {
  fn: HostedFunction<ServiceBusTrigger>;
  client: SharedClient;
  host: HostJson;
  execute: Execute;
  log: HostLog;
}

/** The log category of this trigger. */
export const category = 'Host.Triggers.ServiceBus';

/** Runs a function for messages and settles them. */
export interface Processor {
  /** Never rejects. The messages are settled where they were received. */
  process(settlements: Settlements, messages: ServiceBusReceivedMessage[]): Promise<void>;
  /** Resolves when every function has ended and its messages are settled, or seem to be lost with their connection. */
  idle(): Promise<void>;
}

/** A broker that died takes its settlements along; the SDK notices it only after minutes. */
const settlementLimitMs = 3000;

/**
 * Makes the processor of one function. A message is completed when the function returns (unless autoCompleteMessages is off), abandoned when
 * it throws; the broker counts the deliveries and dead-letters.
 */
export function createProcessor({ fn, host, execute, log }: ServiceBusOptions): Processor {
  const autoComplete = fn.trigger.autoCompleteMessages ?? host.extensions.serviceBus.autoCompleteMessages;
  const reason = `(null)New ServiceBus message detected on '${entityName(fn.trigger)}'.`;
  const executions = createInFlight();
  const settling = createInFlight();

  async function run(messages: ServiceBusReceivedMessage[]): Promise<Outcome> {
    let request: InvocationRequest;
    try {
      request = toRequest(fn, messages);
    } catch (error) {
      log.write('error', `Function.${fn.name}`, `Exception binding parameter '${fn.bindingName}': ${String(error)}`);
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
      const what = `Message of function ${fn.name} was not settled (${outcome}); it will come again`;
      log.write('error', category, `${what}: ${String(error)}`);
    }
  }

  return {
    async process(settlements, messages) {
      const outcome = await executions.track(run(messages));
      if (outcome === 'complete' && !autoComplete) return;
      await Promise.all(messages.map((message) => settling.track(settle(settlements, outcome, message))));
    },
    async idle() {
      await executions.idle();
      await Promise.race([settling.idle(), sleep(settlementLimitMs)]);
    },
  };
}

/** Throws when the messages do not fit what the function asks for. */
function toRequest(
  { registered, bindingName, trigger }: HostedFunction<ServiceBusTrigger>,
  messages: ServiceBusReceivedMessage[],
): InvocationRequest {
  const [message] = messages;
  if (trigger.cardinality === 'many' || message === undefined) {
    const triggerMetadata = toBatchMetadata(messages);
    return invocationRequest(registered, bindingName, toBatchInput(messages, trigger.dataType), { triggerMetadata });
  }
  const input = toInput(message, trigger.dataType);
  const triggerMetadata = toMetadata(message, input);
  const diagnosticId: unknown = message.applicationProperties?.['Diagnostic-Id'];
  const trace = typeof diagnosticId === 'string' ? { traceParent: diagnosticId } : {};
  return invocationRequest(registered, bindingName, input, { triggerMetadata, ...trace });
}
