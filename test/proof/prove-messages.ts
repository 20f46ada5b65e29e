import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceBusClient } from '@azure/service-bus';
import rhea from 'rhea';
import { z } from 'zod';
import { readPurchase } from '@cartage/stack/client';
import { readCounts } from '@cartage/stack/instruments';
import { developmentRequesters } from '@cartage/stack/settings';
import type { Stack } from '@cartage/stack/stack';
import { purchaseIdOf } from '#shared/domain/ids';
import { oddMessages, type OddMessage } from './odd-messages';

const QUEUE = 'purchase-requests';

/** How a run ended. Everything in it but the counts must be empty, and the host idle. */
export interface Outcome {
  readonly sent: number;
  readonly purchases: number;
  readonly unprocessable: number;
  /** What the broker did not take. */
  readonly refused: readonly string[];
  /** What became nothing, or not what it had to become, with what it had to. */
  readonly missing: readonly string[];
  /** What became more than one thing. */
  readonly twice: readonly string[];
  /** Unprocessable messages that nobody sent. */
  readonly strange: readonly string[];
  /** What is left on the queue and its dead-letter queue. */
  readonly left: number;
  /** Seconds of processor time that the host used in each second afterwards. */
  readonly load: number;
}

export interface Plan {
  readonly count: number;
  readonly seed: number;
  /** How long nothing may happen before the run is given up. */
  readonly quietLimitMs: number;
  /** How long the host is watched afterwards. */
  readonly watchMs: number;
  readonly say?: (line: string) => void;
}

/** Sends messages of every kind to a stack, waits until each has become what it becomes, and watches the host after that. */
export async function proveMessages(stack: Stack, { count, seed, quietLimitMs, watchMs, say }: Plan): Promise<Outcome> {
  const messages = oddMessages(count, seed);
  const ends = new Ends(stack, messages);
  try {
    const refused = await send(stack, messages);
    say?.(`${count} messages sent, ${refused.length} refused`);
    await ends.wait(quietLimitMs, say);
    const load = await loadOf(stack, watchMs);
    return { sent: count, refused, load, left: await leftOn(stack), ...ends.judge() };
  } finally {
    await ends.close();
  }
}

/** Sends with the library of the protocol itself: the SDK can't make most of these. Answers the keys of what was not accepted. */
async function send({ serviceBusConnection }: Stack, messages: readonly OddMessage[]): Promise<string[]> {
  const { host, port, username, password } = accessOf(serviceBusConnection);
  const connection = rhea.create_container().connect({ host, port, username, password, reconnect: false });
  const waiting = [...messages];
  const unanswered = new Map<number, string>();
  const refused: string[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const sender = connection.open_sender(QUEUE);
      const next = (): void => {
        while (sender.sendable() && unanswered.size < 100) {
          const odd = waiting.shift();
          if (odd === undefined) break;
          const { id } = sender.send(odd.message);
          unanswered.set(id, odd.key);
        }
        if (waiting.length === 0 && unanswered.size === 0) resolve();
      };
      sender.on('sendable', next);
      const answered = (event: 'accepted' | 'rejected' | 'released' | 'modified', id: number): void => {
        const key = unanswered.get(id);
        unanswered.delete(id);
        if (key !== undefined && event !== 'accepted') refused.push(`${key}: ${event}`);
        next();
      };
      for (const event of ['accepted', 'rejected', 'released', 'modified'] as const) {
        sender.on(event, ({ delivery }) => answered(event, delivery?.id ?? -1));
      }
      for (const event of ['sender_error', 'sender_close'])
        sender.on(event, () => reject(new Error(`${event}: ${JSON.stringify(sender.error)}`)));
      for (const event of ['connection_error', 'disconnected']) {
        connection.on(event, ({ error }) => reject(new Error(`${event}: ${String(error)}`)));
      }
    });
  } finally {
    connection.removeAllListeners('disconnected');
    connection.on('disconnected', () => undefined);
    connection.close();
  }
  return refused;
}

function accessOf(connectionString: string) {
  const part = (name: string): string => new RegExp(`${name}=([^;]*)`).exec(connectionString)?.[1] ?? '';
  const { hostname, port } = new URL(part('Endpoint').replace('sb:', 'http:'));
  return {
    host: hostname,
    port: Number(port),
    username: part('SharedAccessKeyName'),
    password: part('SharedAccessKey'),
  };
}

const properties = z.looseObject({ key: z.string().optional(), originalMessageId: z.string().optional() }).default({});

/** What became of the messages so far. */
class Ends {
  readonly #stack: Stack;
  readonly #messages: ReadonlyMap<string, OddMessage>;
  readonly #bus: ServiceBusClient;
  readonly #unprocessable = new Map<string, number>();
  readonly #purchases = new Set<string>();
  readonly #strange: string[] = [];

  constructor(stack: Stack, messages: readonly OddMessage[]) {
    this.#stack = stack;
    this.#messages = new Map(messages.map((odd) => [odd.key, odd]));
    this.#bus = new ServiceBusClient(stack.serviceBusConnection);
    this.#bus.createReceiver('unprocessable-messages', { receiveMode: 'receiveAndDelete' }).subscribe({
      processMessage: async ({ applicationProperties, messageId }) => {
        const { key, originalMessageId } = properties.parse(applicationProperties);
        const known = [key, originalMessageId].find((each) => each !== undefined && this.#messages.has(each));
        if (known === undefined) this.#strange.push(String(messageId));
        else this.#unprocessable.set(known, (this.#unprocessable.get(known) ?? 0) + 1);
      },
      processError: async ({ error }) => console.error(error.message),
    });
  }

  close(): Promise<void> {
    return this.#bus.close();
  }

  /** Waits until every message has ended and nothing is left on the queue, or nothing has happened for a while. */
  async wait(quietLimitMs: number, say: Plan['say']): Promise<void> {
    let before = -1;
    let since = performance.now();
    for (;;) {
      await this.#readPurchases();
      const left = await leftOn(this.#stack);
      const ended = this.#purchases.size + this.#unprocessable.size;
      if (ended >= this.#messages.size && left === 0) return;
      if (ended - left !== before) {
        before = ended - left;
        since = performance.now();
        say?.(`${this.#purchases.size} purchases, ${this.#unprocessable.size} unprocessable, ${left} left`);
      }
      if (performance.now() - since > quietLimitMs) return;
      await sleep(1000);
    }
  }

  judge(): Pick<Outcome, 'purchases' | 'unprocessable' | 'missing' | 'twice' | 'strange'> {
    const missing: string[] = [];
    const twice: string[] = [];
    for (const { key, what, ending } of this.#messages.values()) {
      const bought = this.#purchases.has(key) ? 1 : 0;
      const kept = this.#unprocessable.get(key) ?? 0;
      if (bought + kept > 1) twice.push(key);
      const isRight = ending === 'either' ? bought + kept > 0 : ending === 'purchase' ? bought > 0 : kept > 0;
      if (!isRight) missing.push(`${key} (${what}): ${ending}`);
    }
    const unprocessable = [...this.#unprocessable.values()].reduce((sum, times) => sum + times, 0);
    return { purchases: this.#purchases.size, unprocessable, missing, twice, strange: this.#strange };
  }

  /** Looks for the purchases of orders that have not ended yet. */
  async #readPurchases(): Promise<void> {
    const { id, readKey } = developmentRequesters.erp;
    const { functionsUrl } = this.#stack;
    const open = [...this.#messages.values()].filter(
      ({ key, ending }) => ending !== 'unprocessable' && !this.#purchases.has(key) && !this.#unprocessable.has(key),
    );
    const read = async (): Promise<void> => {
      for (let odd = open.pop(); odd !== undefined; odd = open.pop()) {
        const found = await readPurchase({ functionsUrl, readKey }, purchaseIdOf(id, odd.key));
        if (found?.status === 'completed') this.#purchases.add(odd.key);
      }
    };
    await Promise.all(Array.from({ length: 8 }, read));
  }
}

async function leftOn(stack: Stack): Promise<number> {
  const counts = (await readCounts(stack)).get(QUEUE);
  return counts === undefined ? 0 : counts.active + counts.locked + counts.scheduled + counts.deadLetter;
}

const TICKS_PER_SECOND = 100;

/** The processor time that the host uses a second, measured over this long; only Linux tells. */
async function loadOf(stack: Stack, watchMs: number): Promise<number> {
  const pid = stack.pid('host');
  const used = (): number => {
    if (process.platform !== 'linux') return 0;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  };
  const before = used();
  await sleep(watchMs);
  return (used() - before) / (watchMs / 1000);
}
