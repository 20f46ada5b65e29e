import { ContractError } from '#shared/partner-center/errors/contract-error';
import { PartnerCenterError, type Remedy } from '#shared/partner-center/errors/partner-center-error';

/** What was read. */
export interface Read<T> {
  readonly kind: 'read';
  readonly value: T;
}

/** What was not read and why, in a few words for the history. */
export interface NotRead {
  readonly kind: 'not-read';
  readonly what: string;
}

const LASTING = new Set<Remedy>(['hold', 'reject', 'refresh-catalogue']);

/**
 * What a read beyond the status of an order finds, or why Partner Center does not allow it: without a user's consent it
 * refuses some of them (401 or 403/900329, page "Partner Center authentication"). What was bought is bought, so that
 * stops nothing. Passing failures are thrown.
 */
export async function readIfPermitted<T>(read: Promise<T>): Promise<Read<T> | NotRead> {
  try {
    return { kind: 'read', value: await read };
  } catch (error) {
    if (!(error instanceof PartnerCenterError) || !LASTING.has(error.remedy)) throw error;
    const code = error.code ?? (error.status === undefined ? 'no code' : `${error.status}`);
    return { kind: 'not-read', what: `${error.operation} (${code})` };
  }
}

/** The same for what only adds to a purchase that is over: an answer that can't be read is left out and noted, too. */
export async function readIfReadable<T>(read: Promise<T>): Promise<Read<T> | NotRead> {
  try {
    return await readIfPermitted(read);
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    return { kind: 'not-read', what: `${error.operation} (unreadable)` };
  }
}
