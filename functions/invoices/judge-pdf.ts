/** The largest PDF that is stored, in bytes. A statement has about 200 kB. */
export const LARGEST_PDF = 25 * 1024 * 1024;

/** Why bytes are not a PDF worth keeping, or undefined. The answer's content type is not to be trusted (page "Get an invoice statement"). */
export function judgePdf(content: Buffer): string | undefined {
  if (content.length > LARGEST_PDF) return `larger than ${LARGEST_PDF} bytes`;
  if (!content.subarray(0, 5).equals(Buffer.from('%PDF-'))) return 'does not begin with %PDF-';
  if (!content.subarray(-1024).includes('%%EOF')) return 'does not end with %%EOF';
  return undefined;
}
