import { plantSeed } from '#model/plant-seed';
import type { SandboxContext } from '#model/sandbox-context';
import type { Settings } from '#model/settings';
import { json, type Answer } from '#wire/answer';

const KEPT = ['tokenKey', 'certificates'];

/** Back to the seed, the real time and the settings of the command line. Tokens and certificates stay valid. */
export function reset(context: SandboxContext, started: Settings): Answer {
  const { store, faults, throttle } = context;
  const kept = KEPT.map((name) => [name, store.values.get(name)] as const);
  store.replaceAll(() => {
    for (const [name, value] of kept) if (value !== undefined) store.values.put(name, value);
    plantSeed(store);
  });
  faults.clear();
  throttle.clear();
  context.settings = started;
  return json({ status: 'reset' });
}
