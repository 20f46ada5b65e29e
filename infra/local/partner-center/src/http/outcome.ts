import type { Answer } from '#wire/answer';

/** What the caller gets: an answer, an answer cut off halfway, a connection reset, or silence. */
export type Outcome =
  | { readonly kind: 'answer' | 'cut'; readonly answer: Answer }
  /** `late`: work that goes on after the caller has gone. */
  | { readonly kind: 'reset' | 'silence'; readonly late?: Promise<unknown> };

/** The usual outcome. */
export const answered = (answer: Answer): Outcome => ({ kind: 'answer', answer });
