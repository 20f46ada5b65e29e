import { XMLParser } from 'fast-xml-parser';

/** An element to write: its name, its attributes, and its text or children; children that are undefined are left out. */
export interface Element {
  readonly name: string;
  readonly attributes?: Record<string, string>;
  readonly content?: string | number | boolean | readonly (Element | undefined)[] | undefined;
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  trimValues: false,
});

/** Writes an element and all in it. */
export function writeXml({ name, attributes = {}, content = '' }: Element): string {
  const shown = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`);
  const inner =
    typeof content === 'object'
      ? content.map((child) => (child ? writeXml(child) : '')).join('')
      : escape(`${content}`);
  return `<${name}${shown.join('')}>${inner}</${name}>`;
}

/** Reads a document into objects: elements by name, attributes with an `@`, all values text. */
export function readXml(text: string): unknown {
  return parser.parse(text);
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}
