import { inspect } from 'node:util';

/** The message of whatever was thrown. */
export const errorMessage = (error: unknown): string => (error instanceof Error ? error.message : inspect(error));

/** The message of whatever was thrown, with the stack when it has one. */
export const errorDetails = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : inspect(error);
