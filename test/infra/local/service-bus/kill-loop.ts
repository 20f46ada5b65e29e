import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusSender,
} from '@azure/service-bus';
import type { BrokerProcess } from './broker-process';
import { randomNumbers } from './fuzz';
import { until } from './until';

const IN_FLIGHT = 32;
/** A broker is killed again only after it has acknowledged so many sends and completions. */
const PROGRESS = 100;
/** The share of first deliveries that nobody settles: the broker's death must bring them back. */
const UNSETTLED = 0.1;

/** What a kill loop found. Everything from `lost` on should be nothing. */
export interface KillReport {
  kills: number;
  acknowledged: number;
  completed: number;
  redelivered: number;
  /** Left without a settlement after their first delivery. */
  unsettled: number;
  /** Acknowledged and never delivered, or left unsettled and not delivered again. */
  lost: string[];
  /** Delivered again after the completion was acknowledged. */
  returned: string[];
  /** Kept twice, although the id was the same. */
  doubled: string[];
}

/**
 * Kills the broker `kills` times under 32 senders and 32 receivers on the queue `work`, which must detect duplicates. Every message
 * is sent under one id until it is acknowledged, and now and then once more long after. Bodies carry `padding` more bytes.
 */
export async function killLoop(
  broker: BrokerProcess,
  kills: number,
  seed: number,
  padding: number,
): Promise<KillReport> {
  const random = randomNumbers(seed);
  const ledger = new Ledger();
  const filling = 'x'.repeat(padding);
  const senders = Array.from({ length: IN_FLIGHT }, (_, worker) => new Sender(`${worker}`, filling, ledger, random));
  const settles = (): boolean => random() >= UNSETTLED;
  for (let kill = 0; kill < kills; kill++) {
    const life = new Life(broker, ledger, senders, settles);
    const { acknowledged, completed } = ledger;
    const goal = [acknowledged.size + PROGRESS, completed.size + PROGRESS] as const;
    await until(() => acknowledged.size >= goal[0] && completed.size >= goal[1], 60_000);
    await new Promise((fulfil) => setTimeout(fulfil, random() * 30));
    await broker.kill();
    life.end();
    await broker.run();
  }
  const last = new Life(broker, ledger, [], () => true);
  await until(async () => (await broker.counts('work')).active === 0, 60_000);
  last.end();
  return ledger.report(kills);
}

/** One life of the broker: a client with its senders and receivers, none of which outlives it. */
class Life {
  private readonly client: ServiceBusClient;
  private stop: () => void = () => undefined;
  /** Fulfilled when the broker is dead: what is still under way then will never be answered. */
  private readonly ended = new Promise<void>((fulfil) => (this.stop = fulfil));

  /** `settles` decides whether a message delivered for the first time is completed. */
  constructor(broker: BrokerProcess, ledger: Ledger, senders: readonly Sender[], settles: () => boolean) {
    this.client = broker.client();
    const receiver = this.client.createReceiver('work', { maxAutoLockRenewalDurationInMs: 0 });
    receiver.subscribe(
      {
        processMessage: (message) => work(receiver, message, ledger, settles),
        processError: async () => undefined,
      },
      { maxConcurrentCalls: IN_FLIGHT, autoCompleteMessages: false },
    );
    const sender = this.client.createSender('work');
    for (const worker of senders) void worker.run(sender, this.ended);
  }

  end(): void {
    this.stop();
    void this.client.close().catch(() => undefined);
  }
}

/** Sends message after message, each under its id until it is acknowledged. */
class Sender {
  private next = 0;

  constructor(
    private readonly name: string,
    private readonly filling: string,
    private readonly ledger: Ledger,
    private readonly random: () => number,
  ) {}

  async run(sender: ServiceBusSender, ended: Promise<void>): Promise<void> {
    const send = async (messageId: string): Promise<boolean> => {
      const sent = sender.sendMessages({ body: { messageId, filling: this.filling }, messageId }).then(
        () => true,
        () => false,
      );
      return Promise.race([sent, ended.then(() => false)]);
    };
    for (;;) {
      const messageId = `${this.name}-${this.next}`;
      // Not acknowledged: the next life tries again, under the same id.
      if (!(await send(messageId))) return;
      this.ledger.acknowledged.add(messageId);
      this.next++;
      if (this.random() < 0.05 && !(await send(`${this.name}-${Math.floor(this.random() * this.next)}`))) return;
    }
  }
}

/** What the clients know for sure. */
class Ledger {
  readonly acknowledged = new Set<string>();
  readonly completed = new Set<string>();
  readonly sequences = new Map<string, Set<string>>();
  private readonly returned = new Set<string>();
  /** Ids left unsettled that have not come again yet. */
  private readonly awaited = new Set<string>();
  private unsettled = 0;
  private redelivered = 0;

  /** Notes a delivery. Returns whether it is the first one of this id. */
  delivered(messageId: string, sequence: string): boolean {
    const isFirst = !this.sequences.has(messageId);
    const sequences = this.sequences.get(messageId) ?? new Set();
    this.awaited.delete(messageId);
    if (sequences.has(sequence)) this.redelivered++;
    this.sequences.set(messageId, sequences.add(sequence));
    if (this.completed.has(messageId)) this.returned.add(messageId);
    return isFirst;
  }

  leftUnsettled(messageId: string): void {
    this.awaited.add(messageId);
    this.unsettled++;
  }

  report(kills: number): KillReport {
    return {
      kills,
      acknowledged: this.acknowledged.size,
      completed: this.completed.size,
      redelivered: this.redelivered,
      unsettled: this.unsettled,
      lost: [...[...this.acknowledged].filter((messageId) => !this.sequences.has(messageId)), ...this.awaited],
      returned: [...this.returned],
      doubled: [...this.sequences].filter(([, sequences]) => sequences.size > 1).map(([messageId]) => messageId),
    };
  }
}

async function work(
  receiver: ServiceBusReceiver,
  message: ServiceBusReceivedMessage,
  ledger: Ledger,
  settles: () => boolean,
): Promise<void> {
  const messageId = String(message.messageId);
  const isFirst = ledger.delivered(messageId, String(message.sequenceNumber));
  if (isFirst && !settles()) return ledger.leftUnsettled(messageId);
  try {
    await receiver.completeMessage(message);
    ledger.completed.add(messageId);
  } catch {
    // The broker died before it answered: the message comes again, or its completion was written and it does not.
  }
}
