import { z } from 'zod';

/** Nothing listens where the stack should be. */
class NotRunning extends Error {
  constructor(url: string) {
    super(`The stack is not running: npm start (nothing answers at ${new URL(url).origin})`);
  }
}

/** What `fetch` throws when there was no answer. */
const noAnswer = z.object({ cause: z.object({ code: z.string().optional(), message: z.string() }) });

/**
 * `fetch` from a running stack.
 * @throws NotRunning when nothing listens there; an Error that says why, such as ECONNRESET, for any other missing answer
 */
export async function ask(url: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const read = noAnswer.safeParse(error);
    if (!read.success) throw error;
    const { code, message } = read.data.cause;
    if (code === 'ECONNREFUSED') throw new NotRunning(url);
    throw new Error(`${new URL(url).origin} did not answer: ${code ?? message}`, { cause: error });
  }
}
