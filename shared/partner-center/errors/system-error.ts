import { z } from 'zod';

const coded = z.object({ code: z.string(), message: z.string().catch('') });

/** A system or network error of Node: its code (ENOENT, ECONNRESET) and message. */
export interface SystemError {
  readonly code: string;
  readonly message: string;
}

/** What was thrown as a system error; undefined for any other error. */
export function systemErrorOf(error: unknown): SystemError | undefined {
  return coded.safeParse(error).data;
}
