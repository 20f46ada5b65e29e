import { execFileSync } from 'node:child_process';

const script = `
import { buffer } from 'node:stream/consumers';
import { extractText, getDocumentProxy } from 'unpdf';
const { text } = await extractText(await getDocumentProxy(new Uint8Array(await buffer(process.stdin))), { mergePages: true });
process.stdout.write(text);
`;

/** The text PDF.js reads in these bytes. In a process of its own, since PDF.js loads itself in a way jest's sandbox forbids. */
export const pdfText = (bytes: Buffer): string =>
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], { input: bytes, encoding: 'utf8' });
