import { createHash } from 'node:crypto';
import type { SandboxContext } from '#model/sandbox-context';
import type { Answer } from '#wire/answer';
import { refusal } from '#wire/refusal';

const DAY = 86_400_000;
/** Statuses that ask for a repeat: it has to be worked on, not answered from memory. */
const ASK_FOR_REPEAT: ReadonlySet<number> = new Set([401, 403, 408, 409, 429]);

/**
 * What the server does with a repeated MS-RequestId (the page "headers" asks callers to repeat it; no page says what
 * happens then): the first answer again for 24 hours, and 400/800002 when the body differs.
 */
export class RequestMemory {
  readonly #context: SandboxContext;

  constructor(context: SandboxContext) {
    this.#context = context;
  }

  /** The answer this request got before, or undefined. */
  recall(key: string, text: string): Answer | undefined {
    const kept = this.#context.store.requests.get(key);
    if (!kept || kept.at + DAY < this.#context.clock.now()) return undefined;
    if (kept.bodyHash !== hash(text)) throw refusal('requestReused');
    return { status: kept.status, headers: kept.headers, body: kept.body };
  }

  /** Keeps an answer, in the same transaction as the effect it reports. */
  keep(key: string, text: string, answer: Answer): void {
    if (answer.status >= 500 || ASK_FOR_REPEAT.has(answer.status) || typeof answer.body !== 'string') return;
    const at = this.#context.clock.now();
    const { status, headers, body } = answer;
    this.#forgetOld(at);
    this.#context.store.requests.put(key, { at, bodyHash: hash(text), status, headers: { ...headers }, body });
  }

  #forgetOld(now: number): void {
    for (const [key, kept] of this.#context.store.requests.entries()) {
      if (kept.at + DAY >= now) return;
      this.#context.store.requests.delete(key);
    }
  }
}

const hash = (text: string): string => (text === '' ? '' : createHash('sha1').update(text).digest('base64'));
