import { setTimeout as sleep } from 'node:timers/promises';
import { PartnerCenterError } from '#shared/partner-center/errors/partner-center-error';
import { changesNothing, type ApiRequest } from './request';

/** Repeats reads after a transient failure. Writes are never repeated here: the stages decide about those. */
export interface Repeats {
  run<Result>(request: ApiRequest, attempt: () => Promise<Result>): Promise<Result>;
}

/** Every success earns a tenth of a repeat, so that in an outage the repeats don't double the load. */
const EARNED = 0.1;
const SAVED_AT_MOST = 10;

/** Each repeat comes after its pause: milliseconds on average, half of it to one and a half. */
export function createRepeats(pauses: readonly number[]): Repeats {
  let saved = SAVED_AT_MOST;
  return {
    async run(request, attempt) {
      for (const pause of pauses) {
        try {
          const result = await attempt();
          saved = Math.min(SAVED_AT_MOST, saved + EARNED);
          return result;
        } catch (error) {
          const passing = error instanceof PartnerCenterError && error.remedy === 'repeat';
          if (!passing || !changesNothing(request) || saved < 1) throw error;
          saved -= 1;
        }
        await sleep(pause / 2 + Math.random() * pause);
      }
      return attempt();
    },
  };
}
