/** The members of a line that decide its order group. */
interface GroupedBy {
  readonly catalogItemId: string;
  readonly billingCycle: string;
  readonly currencyCode: string;
}

/**
 * Names the order group of each line, in line order. No page states the rule; this one agrees with every documented cart:
 * one group per purchase system, billing cycle and currency; the older commerce counts `OMS-0, OMS-1…`, the newer `0, 1…`.
 * `everyLine` gives each line a group of its own.
 */
export function orderGroups(lines: readonly GroupedBy[], everyLine: boolean): string[] {
  const groups = new Map<string, string>();
  const counts = { older: 0, newer: 0 };
  return lines.map((line, index) => {
    const older = isLegacyItem(line.catalogItemId);
    const key = everyLine ? `${index}` : `${older} ${line.billingCycle} ${line.currencyCode}`;
    const known = groups.get(key);
    if (known !== undefined) return known;
    const name = older ? `OMS-${counts.older++}` : `${counts.newer++}`;
    groups.set(key, name);
    return name;
  });
}

/** Items of the older commerce have a plain offer id instead of product:sku:availability. */
export const isLegacyItem = (catalogItemId: string): boolean => catalogItemId.split(':').length !== 3;
