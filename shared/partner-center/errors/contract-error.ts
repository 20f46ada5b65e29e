/** The call succeeded, but its answer does not have the documented shape. Not a PartnerCenterError: nothing to retry. */
export class ContractError extends Error {
  override readonly name = 'ContractError';

  constructor(
    readonly operation: string,
    /** Where and what: "lineItems.0.quantity: expected a whole number". Never values, they may be personal. */
    readonly problems: readonly string[],
    /** False after a write: it had its effect, but what it answered is lost. */
    readonly outcomeKnown: boolean,
    readonly requestId: string,
    readonly correlationId: string,
  ) {
    super(`${operation}: the answer does not have the documented shape (${problems.join('; ')})`);
  }
}
