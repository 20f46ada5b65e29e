/**
 * The bytes of a message that a function takes as binary, so that nothing is read into it: neither a body that is no text
 * nor one whose members would pass for the host's metadata. A function run by hand gets text or JSON instead.
 */
export function messageBytes(message: unknown): Buffer {
  if (message instanceof Uint8Array) return Buffer.from(message);
  return Buffer.from(typeof message === 'string' ? message : (JSON.stringify(message) ?? ''));
}

/** The JSON value of a message, or undefined when it is not JSON in UTF-8. */
export function messageJson(message: unknown): unknown {
  if (typeof message !== 'string' && !(message instanceof Uint8Array)) return message;
  try {
    return JSON.parse(typeof message === 'string' ? message : UTF8.decode(message));
  } catch {
    return undefined;
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
