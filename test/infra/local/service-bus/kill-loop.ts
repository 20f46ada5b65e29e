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

/** What a kill loop found. Everything but the first four should be nothing. */
export interface KillReport {
  kills: number;
  acknowledged: number;
  completed: number;
  redelivered: number;
  /** Acknowledged, and never delivered. */
  lost: string[];
  /** Delivered again after the completion was acknowledged. */
  returned: string[];
  /** Kept twice, although the id was the same. */
  doubled: string[];
}

/**
 * Kills the broker `kills` times under 32 senders and 32 receivers on the queue `work`, which must detect duplicates. Every message
 * is sent under one id until it is acknowledged, and now and then once more long after.
 */
export async function killLoop(broker: BrokerProcess, kills: number, seed: number): Promise<KillReport> {
  const random = randomNumbers(seed);
  const ledger = new Ledger();
  const senders = Array.from({ length: IN_FLIGHT }, (_, worker) => new Sender(`${worker}`, ledger, random));
  for (let kill = 0; kill < kills; kill++) {
    const life = new Life(broker, ledger, senders);
    const { acknowledged, completed } = ledger;
    const goal = [acknowledged.size + PROGRESS, completed.size + PROGRESS] as const;
    await until(() => acknowledged.size >= goal[0] && completed.size >= goal[1], 60_000);
    await new Promise((fulfil) => setTimeout(fulfil, random() * 30));
    await broker.kill();
    life.end();
    await broker.run();
  }
  const last = new Life(broker, ledger, []);
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

  constructor(broker: BrokerProcess, ledger: Ledger, senders: readonly Sender[]) {
    this.client = broker.client();
    const receiver = this.client.createReceiver('work', { maxAutoLockRenewalDurationInMs: 0 });
    receiver.subscribe(
      {
        processMessage: (message) => work(receiver, message, ledger),
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
    private readonly ledger: Ledger,
    private readonly random: () => number,
  ) {}

  async run(sender: ServiceBusSender, ended: Promise<void>): Promise<void> {
    const send = async (messageId: string): Promise<boolean> => {
      const sent = sender.sendMessages({ body: { messageId }, messageId }).then(
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
  private redelivered = 0;

  delivered(messageId: string, sequence: string): void {
    const sequences = this.sequences.get(messageId) ?? new Set();
    if (sequences.has(sequence)) this.redelivered++;
    this.sequences.set(messageId, sequences.add(sequence));
    if (this.completed.has(messageId)) this.returned.add(messageId);
  }

  report(kills: number): KillReport {
    return {
      kills,
      acknowledged: this.acknowledged.size,
      completed: this.completed.size,
      redelivered: this.redelivered,
      lost: [...this.acknowledged].filter((messageId) => !this.sequences.has(messageId)),
      returned: [...this.returned],
      doubled: [...this.sequences].filter(([, sequences]) => sequences.size > 1).map(([messageId]) => messageId),
    };
  }
}

async function work(receiver: ServiceBusReceiver, message: ServiceBusReceivedMessage, ledger: Ledger): Promise<void> {
  const messageId = String(message.messageId);
  ledger.delivered(messageId, String(message.sequenceNumber));
  try {
    await receiver.completeMessage(message);
    ledger.completed.add(messageId);
  } catch {
    // The broker died before it answered: the message comes again, or its completion was written and it does not.
  }
}
