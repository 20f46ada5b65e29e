const SHORT = 8;
const GUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;
/** Partner Center's order ids are of this kind. */
const LONG_ID = /(?<![\w-])[\w-]{30,}(?![\w-])/g;

/** Cuts every GUID and every other long id in a text to its first eight characters, as Git does with hashes: to read, not to copy. */
export function shortIds(text: string): string {
  return text.replace(GUID, shortId).replace(LONG_ID, shortId);
}

/** The first characters of an id. */
export function shortId(id: string): string {
  return id.slice(0, SHORT);
}
