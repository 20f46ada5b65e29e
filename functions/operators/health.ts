import type { HttpResponseInit } from '@azure/functions';

/** `GET /api/health`: the process is up and its settings are complete (it would not have started otherwise). */
export async function health(): Promise<HttpResponseInit> {
  return { headers: { 'cache-control': 'no-store' }, jsonBody: { status: 'ok' } };
}
