import { ContractError } from '#shared/partner-center/errors/contract-error';
import { changesNothing, type ApiRequest, type Call } from './request';

/** An id as it was asked for, and as the answer has it; undefined where the answer does not say. */
export type AskedAndAnswered = readonly [asked: string, answered: string | undefined];

/**
 * Throws a ContractError for an answer about something else than was asked for. Letter case does not count: Partner Center
 * reads ids in any and answers in its own.
 */
export function expectIds(request: ApiRequest, call: Call, ids: Readonly<Record<string, AskedAndAnswered>>): void {
  const problems = Object.entries(ids).flatMap(([name, [asked, answered]]) =>
    answered === undefined || isSameId(asked, answered)
      ? []
      : [`${name}: ${brief(answered)} where ${brief(asked)} was asked for`],
  );
  if (problems.length === 0) return;
  throw new ContractError(request.operation, problems, changesNothing(request), call.requestId, call.correlationId);
}

export function isSameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

const LONGEST_ID = 100;

function brief(id: string): string {
  return JSON.stringify(id.slice(0, LONGEST_ID));
}
