import type { Done } from '#queues/surroundings';

/** Waits until what `start` began is on disk. Rejects with an AmqpError. */
export function written(start: (done: Done) => void): Promise<void> {
  return new Promise((fulfil, reject) => start((error) => (error ? reject(error) : fulfil())));
}
