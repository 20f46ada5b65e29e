import { z } from 'zod';
import { AmqpError } from '#amqp/amqp-error';
import { compileAction } from '#rules/sql-action';
import { compileFilter } from '#rules/sql-filter';

/** An SQL filter that can be understood. */
export const sqlFilterText = understoodBy(compileFilter);

/** An SQL action that can be understood. */
export const sqlActionText = understoodBy(compileAction);

function understoodBy(compile: (text: string) => unknown) {
  return z.string().superRefine((text, context) => {
    try {
      compile(text);
    } catch (error) {
      if (!(error instanceof AmqpError)) throw error;
      context.addIssue({ code: 'custom', message: error.description });
    }
  });
}
