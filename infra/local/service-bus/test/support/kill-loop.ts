import type { ServiceBusClient, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import { eventually } from '@cartage/stack/eventually';
import { dyingAt } from './dying-at';
import { randomNumbers } from './fuzz';
import type { TestBroker } from './test-broker';

/** Connections, and the senders and the receivers on each of them, every one with a link of its own. */
const CLIENTS = 4;
const LINKS = 8;
/** A broker is killed again only after it has acknowledged this many sends and completions. */
const PROGRESS = 300;
/** The share of first deliveries that nobody settles: the broker's death must bring them back. */
const UNSETTLED = 0.1;
/** The share of sends that are followed by one under an old id. */
const RESENT = 0.05;
/** Senders wait while more messages than this were not delivered yet: only a journal that is mostly dead is compacted. */
const MAX_AHEAD = 300;
/** The moments of a compaction at which a broker can die (die-in-compaction.ts), and some after it. */
const MOMENTS = 12;

/** What a kill loop does. */
export interface KillOptions {
  kills: number;
  /** When the broker dies: at some time of its life, or at some moment of a compaction. */
  when: 'any time' | 'in a compaction';
  seed: number;
  /** Bytes that are added to every body. */
  padding: number;
}

/** What a kill loop found. Everything from `lost` on should be empty or 0. */
interface KillReport {
  kills: number;
  acknowledged: number;
  completed: number;
  redelivered: number;
  /** Left without a settlement after their first delivery. */
  unsettled: number;
  /** Sent again under an id that was acknowledged before, most of them in an earlier life of the broker. */
  resent: number;
  /** Acknowledged and never delivered, or left unsettled and not delivered again. */
  lost: string[];
  /** Delivered again after the completion was acknowledged. */
  returned: string[];
  /** Kept twice, although the id was the same. */
  doubled: string[];
  /** How many more messages the broker kept than there were ids. */
  surplus: number;
}

/**
 * Kills the broker again and again under 32 senders and 32 receivers, over 4 connections, on the queue `work`, which must detect
 * duplicates. Every message is sent under one id until it is acknowledged, and now and then once more long after.
 */
export async function killLoop(broker: TestBroker, options: KillOptions): Promise<KillReport> {
  const random = randomNumbers(options.seed);
  const ledger = new Ledger();
  const filling = 'x'.repeat(options.padding);
  const names = Array.from({ length: CLIENTS * LINKS }, (_, index) => `${index}`);
  const senders = names.map((name) => new Sender(name, filling, ledger, random));
  for (let kill = 0; kill < options.kills; kill++) {
    if (options.when === 'any time') await dieAnyTime(broker, ledger, senders, random);
    else await dieInCompaction(broker, ledger, senders, random);
  }
  await broker.kill();
  await broker.run();
  const last = new Life(broker, ledger, [], () => true);
  await eventually('all is received', async () => (await broker.counts('work')).active === 0, 60_000);
  last.end();
  const { totals } = await broker.counts('work');
  return ledger.report(options.kills, totals['sent'] ?? 0);
}

async function dieAnyTime(
  broker: TestBroker,
  ledger: Ledger,
  senders: readonly Sender[],
  random: () => number,
): Promise<void> {
  const life = new Life(broker, ledger, senders, () => random() >= UNSETTLED);
  const { acknowledged, completed } = ledger;
  const goal = [acknowledged.size + PROGRESS, completed.size + PROGRESS] as const;
  await eventually('progress', () => acknowledged.size >= goal[0] && completed.size >= goal[1], 60_000);
  await new Promise((fulfil) => setTimeout(fulfil, random() * 30));
  await broker.kill();
  life.end();
  await broker.run();
}

async function dieInCompaction(
  broker: TestBroker,
  ledger: Ledger,
  senders: readonly Sender[],
  random: () => number,
): Promise<void> {
  await broker.kill();
  const moment = 1 + Math.floor(random() * MOMENTS);
  const started = await broker.run({ process: dyingAt(moment) }).then(
    () => true,
    // It has died in a compaction that was due at its start.
    () => false,
  );
  if (!started) return;
  const life = new Life(broker, ledger, senders, () => random() >= UNSETTLED);
  await broker.ended();
  life.end();
}

/** One life of the broker: clients with their senders and receivers, none of which outlives it. */
class Life {
  readonly #clients: ServiceBusClient[];
  #stop: () => void = () => undefined;
  /** Fulfilled when the broker is dead: what is still under way then will never be answered. */
  readonly #ended = new Promise<void>((fulfil) => (this.#stop = fulfil));

  /** `settles` decides whether a message delivered for the first time is completed. */
  constructor(broker: TestBroker, ledger: Ledger, senders: readonly Sender[], settles: () => boolean) {
    this.#clients = Array.from({ length: CLIENTS }, () => broker.client());
    for (const client of this.#clients)
      for (let link = 0; link < LINKS; link++) receive(client.createReceiver('work', NO_RENEWAL), ledger, settles);
    for (const [index, sender] of senders.entries()) {
      const client = this.#clients[index % CLIENTS];
      if (client) void sender.run(client, this.#ended);
    }
  }

  end(): void {
    this.#stop();
    for (const client of this.#clients) void client.close().catch(() => undefined);
  }
}

const NO_RENEWAL = { maxAutoLockRenewalDurationInMs: 0 };

function receive(receiver: ServiceBusReceiver, ledger: Ledger, settles: () => boolean): void {
  receiver.subscribe(
    {
      processMessage: (message) => work(receiver, message, ledger, settles),
      processError: async () => undefined,
    },
    { autoCompleteMessages: false },
  );
}

/** Sends message after message, each under its id until it is acknowledged. */
class Sender {
  readonly #name: string;
  readonly #filling: string;
  readonly #ledger: Ledger;
  readonly #random: () => number;
  #next = 0;

  constructor(name: string, filling: string, ledger: Ledger, random: () => number) {
    this.#name = name;
    this.#filling = filling;
    this.#ledger = ledger;
    this.#random = random;
  }

  /** Sends over a link of its own until the broker is dead. */
  async run(client: ServiceBusClient, ended: Promise<void>): Promise<void> {
    const sender = client.createSender('work');
    const send = async (messageId: string): Promise<boolean> => {
      const sent = sender.sendMessages({ body: { messageId, filling: this.#filling }, messageId }).then(
        () => true,
        () => false,
      );
      return Promise.race([sent, ended.then(() => false)]);
    };
    // A new life begins with an id of an earlier one.
    if (this.#next > 0 && !(await this.#resend(send))) return;
    for (;;) {
      await Promise.race([eventually('the receivers catch up', () => this.#ledger.ahead <= MAX_AHEAD), ended]);
      const messageId = `${this.#name}-${this.#next}`;
      // Not acknowledged: the next life tries again, under the same id.
      if (!(await send(messageId))) return;
      this.#ledger.acknowledged.add(messageId);
      this.#next++;
      if (this.#random() < RESENT && !(await this.#resend(send))) return;
    }
  }

  async #resend(send: (messageId: string) => Promise<boolean>): Promise<boolean> {
    const accepted = await send(`${this.#name}-${Math.floor(this.#random() * this.#next)}`);
    if (accepted) this.#ledger.resent++;
    return accepted;
  }
}

/** What the clients know for sure. */
class Ledger {
  readonly acknowledged = new Set<string>();
  readonly completed = new Set<string>();
  resent = 0;
  readonly #sequences = new Map<string, Set<string>>();
  readonly #returned = new Set<string>();
  /** Ids left unsettled that have not come again yet. */
  readonly #awaited = new Set<string>();
  #unsettled = 0;
  #redelivered = 0;

  /** How many acknowledged messages were not delivered yet. */
  get ahead(): number {
    return this.acknowledged.size - this.#sequences.size;
  }

  /** Notes a delivery. Returns whether it is the first one of this id. */
  delivered(messageId: string, sequence: string): boolean {
    const isFirst = !this.#sequences.has(messageId);
    const sequences = this.#sequences.get(messageId) ?? new Set();
    this.#awaited.delete(messageId);
    if (sequences.has(sequence)) this.#redelivered++;
    this.#sequences.set(messageId, sequences.add(sequence));
    if (this.completed.has(messageId)) this.#returned.add(messageId);
    return isFirst;
  }

  leftUnsettled(messageId: string): void {
    this.#awaited.add(messageId);
    this.#unsettled++;
  }

  /** `kept` is how many messages the broker says it took in. */
  report(kills: number, kept: number): KillReport {
    return {
      kills,
      acknowledged: this.acknowledged.size,
      completed: this.completed.size,
      redelivered: this.#redelivered,
      unsettled: this.#unsettled,
      resent: this.resent,
      lost: [...[...this.acknowledged].filter((messageId) => !this.#sequences.has(messageId)), ...this.#awaited],
      returned: [...this.#returned],
      doubled: [...this.#sequences].filter(([, sequences]) => sequences.size > 1).map(([messageId]) => messageId),
      surplus: kept - this.#sequences.size,
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
