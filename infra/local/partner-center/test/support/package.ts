import { resolve } from 'node:path';

/** The folder of this package. */
export const PACKAGE = resolve(__dirname, '..', '..', '..');
