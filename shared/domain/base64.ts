/**
 * The bytes of base64 (RFC 4648 section 4), or undefined for anything else. Node skips what does not belong there, so that
 * many texts would mean the same bytes; here it is one: padded, without spaces, with no bit left over.
 */
export function base64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
