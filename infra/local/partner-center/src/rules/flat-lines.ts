import type { CartLine, PlainCartLine } from '#store/records';

/** All lines of a cart, each base line followed by its add-ons; `parentId` is set on the latter. */
export function flatLines(lines: readonly CartLine[]): { line: PlainCartLine; parentId: number | undefined }[] {
  return lines.flatMap((line) => [
    { line, parentId: undefined },
    ...(line.addonItems ?? []).map((addOn) => ({ line: addOn, parentId: line.id })),
  ]);
}
