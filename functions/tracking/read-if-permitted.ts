import { PartnerCenterError, type Remedy } from '#shared/partner-center/errors/errors';

/** Why something was not read, in a few words for the history. */
export interface NotRead {
  notRead: string;
}

const LASTING = new Set<Remedy>(['hold', 'refuse', 'refresh-catalogue']);

/**
 * What a read beyond the status of an order finds, or why Partner Center will not tell: without a user's consent it
 * refuses some of them (401 or 403/900329, page "Partner Center authentication"). What was bought is bought, so that holds
 * nobody up. Passing failures are thrown.
 */
export async function ifPossible<T>(read: Promise<T>): Promise<T | NotRead> {
  try {
    return await read;
  } catch (error) {
    if (!(error instanceof PartnerCenterError) || !LASTING.has(error.remedy)) throw error;
    const code = error.code ?? (error.status === undefined ? 'no code' : `${error.status}`);
    return { notRead: `${error.operation} (${code})` };
  }
}
