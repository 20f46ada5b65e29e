import type { HttpResponseInit } from '@azure/functions';
import { classifyOutage } from '#shared/domain/classify-outage';
import { PartnerCenterError } from '#shared/partner-center/errors/partner-center-error';

export interface ReadinessDeps {
  /** One look at each dependency, by its name. */
  readonly probes: Readonly<Record<string, () => Promise<unknown>>>;
  readonly pause: (seconds: number) => Promise<void>;
}

/** What a look at one dependency said; the time is in milliseconds. */
interface Probed {
  readonly status: 'ok' | 'unavailable';
  readonly milliseconds: number;
  readonly code?: string;
}

/** Longer than this, in seconds, and a dependency counts as away. */
const LIMIT = 10;

/**
 * `GET /api/health/ready`, with a function key: whether everything that a purchase needs can be reached now. 200, or 503 with what can't
 * be, and the code of its failure. It makes a call to each, so it is not for strangers.
 */
export function readiness({ probes, pause }: ReadinessDeps): () => Promise<HttpResponseInit> {
  return async () => {
    const looks = Object.entries(probes).map(async ([name, look]) => [name, await probe(look, pause)] as const);
    const dependencies = Object.fromEntries(await Promise.all(looks));
    const isReady = Object.values(dependencies).every(({ status }) => status === 'ok');
    return {
      status: isReady ? 200 : 503,
      headers: { 'cache-control': 'no-store' },
      jsonBody: { status: isReady ? 'ready' : 'unavailable', dependencies },
    };
  };
}

async function probe(look: () => Promise<unknown>, pause: ReadinessDeps['pause']): Promise<Probed> {
  const started = performance.now();
  const code = await Promise.race([
    look().then(
      () => undefined,
      (error: unknown) => codeOf(error),
    ),
    pause(LIMIT).then(() => 'timeout'),
  ]);
  const milliseconds = Math.round(performance.now() - started);
  return code === undefined ? { status: 'ok', milliseconds } : { status: 'unavailable', milliseconds, code };
}

/** Codes only: a message may name hosts, accounts and more. */
function codeOf(error: unknown): string {
  if (error instanceof PartnerCenterError) return error.code ?? 'no-token';
  return classifyOutage(error)?.code ?? (error instanceof Error ? error.name : 'unknown');
}
