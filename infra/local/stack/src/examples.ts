import { join, resolve } from 'node:path';

const folder = resolve(__dirname, '..', '..', 'examples');

/** The path of one of the package's example requests. */
export function exampleFile(name: 'purchase.json' | 'erp-order.json'): string {
  return join(folder, name);
}
