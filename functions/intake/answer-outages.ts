import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { classifyOutage } from '#shared/domain/classify-outage';
import type { Log } from '#shared/log';
import { problem } from './problem';

type HttpHandler = (request: HttpRequest) => Promise<HttpResponseInit>;

export interface AnswerDeps {
  readonly log: Log;
  pause(seconds: number): Promise<void>;
}

/** When it is worth asking again, in seconds. */
const RETRY_AFTER = 10;
/** Callers give up after half a minute or less; an answer that says why is worth more to them than a connection that breaks. */
const LONGEST_WAIT = 15;

/** What came first: an answer, or the end of the time for it. */
type Race = { kind: 'answered'; answer: HttpResponseInit } | { kind: 'late' };

/**
 * An HTTP entry point that says so when storage or the bus is away, or takes too long: 503 with Retry-After. Whatever the handler has done
 * by then, or still does, is the same purchase when the caller asks again.
 */
export function answerOutages(handler: HttpHandler, deps: AnswerDeps): HttpHandler {
  return async (request) => {
    try {
      const answered = handler(request).then((answer): Race => ({ kind: 'answered', answer }));
      const late = deps.pause(LONGEST_WAIT).then((): Race => ({ kind: 'late' }));
      const race = await Promise.race([answered, late]);
      if (race.kind === 'answered') return race.answer;
      // Nobody waits for it any more; its error is not to end the process.
      answered.catch((error: unknown) =>
        deps.log('warn', 'outage', { code: classifyOutage(error)?.code ?? 'unknown' }),
      );
      return unavailable('late', deps);
    } catch (error) {
      const outage = classifyOutage(error);
      if (outage === undefined) throw error;
      return unavailable(outage.code, deps);
    }
  };
}

function unavailable(code: string, { log }: AnswerDeps): HttpResponseInit {
  log('warn', 'outage; the caller is asked to come again', { code });
  return problem(
    'unavailable',
    'Send the same request again later, a purchase with the same id: it is bought once, however often it is sent.',
    undefined,
    { 'retry-after': `${RETRY_AFTER}` },
  );
}
