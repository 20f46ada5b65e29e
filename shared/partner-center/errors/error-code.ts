import { z } from 'zod';

const coded = z.object({ code: z.string(), message: z.string().catch('') });

/** Node's code of a system or network error (ENOENT, ECONNRESET) with its message; undefined for any other error. */
export function readErrorCode(error: unknown): { readonly code: string; readonly message: string } | undefined {
  return coded.safeParse(error).data;
}
