/** An error that is sent to the peer: an AMQP error condition (a symbol such as `amqp:not-found`) and a sentence for people. */
export class AmqpError extends Error {
  constructor(
    readonly condition: string,
    readonly description: string,
  ) {
    super(`${condition}: ${description}`);
    this.name = 'AmqpError';
  }
}

/** The error for a message of more than `limit` bytes. */
export function tooLarge(limit: number): AmqpError {
  return new AmqpError('amqp:link:message-size-exceeded', `The message is larger than the limit of ${limit} bytes.`);
}

/** What an address names is not there, or not any more. */
export function entityNotFound(address: string): AmqpError {
  return new AmqpError('amqp:not-found', `The messaging entity '${address}' could not be found.`);
}
