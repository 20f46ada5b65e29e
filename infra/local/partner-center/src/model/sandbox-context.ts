import { Catalogue } from './catalogue';
import { Clock } from './clock';
import { Counts } from './counts';
import { Faults } from './faults';
import { Tokens } from './tokens';
import { plantSeed } from './plant-seed';
import type { Settings } from '#model/settings';
import { Store } from '#store/store';
import { Throttle } from './throttle';
import { Certificates } from '#certificates/certificates';

/** Everything a route can see and change. */
export interface SandboxContext {
  settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly catalogue: Catalogue;
  readonly tokens: Tokens;
  readonly faults: Faults;
  readonly counts: Counts;
  readonly throttle: Throttle;
  readonly certificates: Certificates;
}

/** Opens the context kept in this folder, and plants the seed in a new one. */
export function openContext(dataDir: string, settings: Settings): SandboxContext {
  const store = new Store(dataDir);
  const clock = new Clock(store);
  plantSeed(store);
  store.commit();
  return {
    settings,
    store,
    clock,
    catalogue: new Catalogue(store),
    tokens: new Tokens(store),
    faults: new Faults(),
    counts: new Counts(),
    throttle: new Throttle(),
    certificates: new Certificates(store),
  };
}
