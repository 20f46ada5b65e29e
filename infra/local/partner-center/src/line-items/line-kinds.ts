import type { SandboxContext } from '#model/sandbox-context';
import { azureBilling, azureUsage } from './azure';
import { type Billed, type LineSource, NO_LINES } from './line-source';
import { officeBilling } from './office-billing';
import { oneTimeBilling } from './one-time-billing';
import { oneTimeUsage } from './one-time-usage';

const MAKERS = {
  'office-billing': officeBilling,
  'azure-billing': azureBilling,
  'azure-usage': azureUsage,
  'onetime-billing': oneTimeBilling,
  'onetime-usage': oneTimeUsage,
} as const;

/** A kind of line item: provider and type. */
export type LineKind = keyof typeof MAKERS;

/** The lines of this kind; an invoice has only lines of its own commerce, the older or the newer. */
export function lineSource(kind: LineKind, billed: Billed, context: SandboxContext): LineSource {
  const newer = billed.kind === 'unbilled' || billed.document.invoiceType === 'OneTime';
  return newer === kind.startsWith('onetime') ? MAKERS[kind](billed, context) : NO_LINES;
}
