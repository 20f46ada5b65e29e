/** An error that is told to the peer: an AMQP error condition (a symbol such as `amqp:not-found`) and a sentence for people. */
export class AmqpError extends Error {
  constructor(
    readonly condition: string,
    readonly description: string,
  ) {
    super(`${condition}: ${description}`);
    this.name = 'AmqpError';
  }
}
