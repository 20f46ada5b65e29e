import type { Queue } from '#queues/queue';
import type { Broker } from './broker';
import type { Entity } from './entities';

/** What an address names. */
export interface Place {
  readonly entity: Entity;
  /** The messages a receiver gets there; of a topic only those it has scheduled. */
  readonly queue: Queue;
  /** True for `<entity>/$management`. */
  readonly management: boolean;
  readonly deadLetter: boolean;
}

const MANAGEMENT = '/$management';
const DEAD_LETTERS = ['/$deadletterqueue', '/$transfer/$deadletterqueue'];

/** The path of an address in lower case. Some clients write the whole URL, `amqps://host/queue`. */
export function pathOf(address: string): string {
  return address
    .toLowerCase()
    .replace(/^(amqps?|sb):\/\/[^/]*/, '')
    .replace(/^\/+|\/+$/g, '');
}

/** Finds what an address names, whatever its case: an entity, its `/$DeadLetterQueue`, or the `/$management` of either. */
export function resolve(broker: Broker, address: string): Place | undefined {
  let path = pathOf(address);
  const management = path.endsWith(MANAGEMENT);
  if (management) path = path.slice(0, -MANAGEMENT.length);
  const suffix = DEAD_LETTERS.findLast((end) => path.endsWith(end));
  if (suffix) path = path.slice(0, -suffix.length);
  const entity = broker.find(path);
  if (!entity || (suffix && entity.kind === 'topic')) return undefined;
  const queue = suffix && entity.kind !== 'topic' ? entity.deadLetters : entity.queue;
  return { entity, queue, management, deadLetter: suffix !== undefined };
}
