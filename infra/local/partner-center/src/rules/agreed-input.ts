/** The error that a line asks for by its friendly name: `sandbox:line-error:10002`, `sandbox:order-error:800069`. */
export function agreedInput(
  kind: 'line-error' | 'order-error',
  friendlyName: string | null | undefined,
): number | undefined {
  const code = new RegExp(`^sandbox:${kind}:(\\d+)$`).exec(friendlyName ?? '')?.[1];
  return code === undefined ? undefined : Number(code);
}
