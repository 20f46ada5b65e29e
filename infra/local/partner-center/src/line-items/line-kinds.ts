import type { SandboxContext } from '#model/sandbox-context';
import { azureBilling, azureUsage } from './azure';
import { type Billed, type LineSource, noLines } from './line-source';
import { officeBilling } from './office-billing';
import { oneTimeBilling } from './one-time-billing';
import { oneTimeUsage } from './one-time-usage';

const makers = {
  'office-billing': officeBilling,
  'azure-billing': azureBilling,
  'azure-usage': azureUsage,
  'onetime-billing': oneTimeBilling,
  'onetime-usage': oneTimeUsage,
} as const;

/** A provider and a type of line item. */
export type LineKind = keyof typeof makers;

/** The lines of this kind; an invoice has lines of its own commerce only. */
export function lineSource(kind: LineKind, billed: Billed, context: SandboxContext): LineSource {
  const newer = billed.kind === 'unbilled' || billed.document.invoiceType === 'OneTime';
  return newer === kind.startsWith('onetime') ? makers[kind](billed, context) : noLines;
}
