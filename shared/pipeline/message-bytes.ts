/**
 * The bytes of a message that a function takes as binary, so that nothing is read into it: neither a body that is no text
 * nor one whose members would pass for the host's metadata. A function run by hand gets text or JSON instead.
 */
export function messageBytes(message: unknown): Buffer {
  if (Buffer.isBuffer(message)) return message;
  return Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
}
