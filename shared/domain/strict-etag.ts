/**
 * The ETags of Table Storage, and of Azurite, which does as it does: `W/"datetime'2026-11-28T12%3A31%3A33.5260000Z'"` (page
 * "Get Entity (Azure Table Storage)"). It names one state of one row. Everything else, above all `*`, would make a conditional write
 * unconditional.
 */
const STRICT_ETAG = /^W\/"datetime'[\w%:.+-]{1,64}'"$/;

/** Whether an ETag names one state of a row, and no more. */
export function isStrictEtag(etag: string): boolean {
  return STRICT_ETAG.test(etag);
}

/** Throws a RangeError unless the ETag names one state of a row. */
export function assertStrictEtag(etag: string): void {
  if (!isStrictEtag(etag)) throw new RangeError('A write needs the ETag of one state of the row.');
}
