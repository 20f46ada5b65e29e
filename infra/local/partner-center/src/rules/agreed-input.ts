/** The error that a line asks for by its friendly name: `sandbox:line-error:10002`, `sandbox:order-error:800069`. */
export function agreedInput(
  kind: 'line-error' | 'order-error',
  friendlyName: string | null | undefined,
): number | undefined {
  const code = new RegExp(`^sandbox:${kind}:(\\d+)$`).exec(friendlyName ?? '')?.[1];
  return code === undefined ? undefined : Number(code);
}

/** The status that a line asks for its order by its friendly name: `sandbox:order-status:pending_po_upload`. */
export function agreedOrderStatus(friendlyName: string | null | undefined): string | undefined {
  return /^sandbox:order-status:(\w+)$/.exec(friendlyName ?? '')?.[1];
}
