import type { Bus } from '#shared/azure/bus';
import type { StageName } from '#shared/domain/purchase';
import type { QueueName } from '#shared/pipeline/messages';
import type { Stage } from '#shared/pipeline/stage';

/** Where a bug is, and how often it strikes: before or after the work of a stage, or in sending, after so many messages. */
export type BugPlace = { times: number } & (
  { stage: StageName; when: 'before' | 'after' } | { sendingTo: QueueName | 'order-events'; skip: number }
);

/** A mistake of ours that nobody planned for: what it throws is no failure that the pipeline knows. */
export class Bug {
  readonly #place: BugPlace | undefined;
  #left: number;
  #sent = 0;

  constructor(place: BugPlace | undefined) {
    this.#place = place;
    this.#left = place?.times ?? 0;
  }

  stage(stage: Stage): Stage {
    const place = this.#place;
    if (place === undefined || !('stage' in place) || place.stage !== stage.name) return stage;
    return {
      name: stage.name,
      run: async (purchase, context) => {
        if (place.when === 'before') this.#strike();
        const outcome = await stage.run(purchase, context);
        // What was put off was not done.
        if (place.when === 'after' && outcome.kind !== 'yield') this.#strike();
        return outcome;
      },
    };
  }

  bus(bus: Bus): Bus {
    const place = this.#place;
    if (place === undefined || !('sendingTo' in place)) return bus;
    return {
      send: async (entity, message) => {
        if (place.sendingTo === entity && this.#sent++ >= place.skip) this.#strike();
        return bus.send(entity, message);
      },
    };
  }

  #strike(): void {
    if (this.#left-- > 0) throw new Error('a bug');
  }
}
