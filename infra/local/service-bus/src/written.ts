import type { AmqpError } from './amqp/amqp-error';
import type { Done } from './broker';

/** Waits until what `start` began is on disk. Rejects with an AmqpError. */
export function written(start: (done: Done) => void): Promise<void> {
  return new Promise((fulfil, reject) => {
    start((error: AmqpError | undefined) => (error ? reject(error) : fulfil()));
  });
}
