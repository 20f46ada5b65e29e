import { json, type Answer } from '#wire/answer';
import type { Incoming } from './incoming';

/** What a page of any site may send without asking first (Fetch Standard, "CORS-safelisted request-header"). */
const FORM_TYPES = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']);
const LOCAL_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/**
 * Refuses what a page of another site could make a browser send to the sandbox's own endpoints: 403 for a foreign Origin, which any
 * browser names when it writes, and 415 for a form. Undefined for everything else.
 */
export function judgeOrigin({ method, headers }: Incoming): Answer | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  const { origin, host = '' } = headers;
  const isOwn = LOCAL_HOST.test(host) && (origin === `http://${host}` || origin === `https://${host}`);
  if (origin !== undefined && !isOwn) {
    return refused(403, `A page of ${origin.slice(0, 200)} may not change the sandbox.`);
  }
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (FORM_TYPES.has(type)) return refused(415, 'Send JSON, with Content-Type: application/json.');
  return undefined;
}

const refused = (status: number, description: string): Answer =>
  json({ code: 0, description, data: [], source: 'Sandbox' }, status);
