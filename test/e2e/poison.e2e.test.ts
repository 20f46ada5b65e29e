import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@cartage/stack/eventually';
import { readCounts, runFunction } from '@cartage/stack/instruments';
import { pipelineQueues } from '#shared/pipeline/messages';
import { startLocalStack, type LocalStack } from '#test/support/local-stack';

/** Messages that nobody can process, on every queue: each ends once, where an operator finds it, and then it is quiet. */

let local: LocalStack;
beforeAll(async () => {
  local = await startLocalStack();
}, 60_000);
afterAll(() => local.stop());

/** The bodies as the SDK sends them: bytes, or another AMQP section (AmqpAnnotatedMessage). */
const bytes = (body: Buffer, applicationProperties: Record<string, string> = {}) => ({ body, applicationProperties });
const value = (body: unknown) => ({ body, bodyType: 'value' as const });

const messages = [
  value({ quantity: 5, lines: [1] }),
  value([1, [2]]),
  value('four licences please'),
  value(42),
  value(true),
  value(null),
  value(new Date(0)),
  { body: [1, 2], bodyType: 'sequence' as const },
  bytes(Buffer.alloc(0)),
  bytes(Buffer.from([0xff, 0, 0xfe])),
  bytes(Buffer.from('@\u0006string\u00083http://schemas.microsoft.com/2003/10/Serialization/')),
  bytes(Buffer.from('{ "applicationProperties": "mine", "deliveryCount": 99, "messageId": {} }')),
  bytes(
    Buffer.alloc(12_000, 65),
    Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`p${at}`, 'x'.repeat(100)])),
  ),
];

test('a message of any kind that can not be processed ends as one unprocessable message, on every queue, and then it is quiet', async () => {
  for (const queue of pipelineQueues) {
    const sender = local.bus.createSender(queue);
    for (const message of messages) await sender.sendMessages(message);
    await sender.close();
  }
  const found: { queue: unknown; body: string }[] = [];
  const receiver = local.bus.createReceiver('unprocessable-messages', { skipParsingBodyAsJson: true });
  receiver.subscribe({
    processMessage: async ({ body, applicationProperties: { queue, DeadLetterErrorDescription: why } = {} }) => {
      if (Buffer.isBuffer(body) && why !== '') found.push({ queue, body: body.toString('base64') });
    },
    processError: async () => undefined,
  });
  await eventually('an unprocessable message for each, and quiet', async () => {
    await runFunction(local.stack, 'read-dead-letters');
    return found.length >= messages.length * pipelineQueues.length && (await isQuiet());
  });
  await receiver.close();
  for (const queue of pipelineQueues) {
    const bodies = found.filter((one) => one.queue === queue).map(({ body }) => body);
    expect([queue, bodies.length, new Set(bodies).size]).toEqual([queue, messages.length, messages.length]);
  }
});

/** Nothing is left on any queue of the pipeline or in its dead-letter queue: the host has nothing to do. */
async function isQuiet(): Promise<boolean> {
  const counts = await readCounts(local.stack);
  return pipelineQueues.every((queue) => {
    const { active = 1, locked = 1, deadLetter = 1 } = counts.get(queue) ?? {};
    return active + locked + deadLetter === 0;
  });
}
