import { Certificates } from '#certificates/certificates';
import { Store } from '#store/store';
import { Catalogue } from './catalogue';
import { Clock } from './clock';
import { Counts } from './counts';
import { Faults } from './faults';
import { plantSeed } from './plant-seed';
import type { Settings } from './settings';
import { Throttle } from './throttle';
import { Tokens } from './tokens';

/** Everything that a route can see and change. */
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

/** Opens the state kept in this folder; a new folder gets the seed. Throws when it is damaged, unless it is to recover. */
export function openContext(dataDir: string, settings: Settings, recover = false): SandboxContext {
  const store = new Store(dataDir, { recover });
  plantSeed(store);
  store.commit();
  return {
    settings,
    store,
    clock: new Clock(store),
    catalogue: new Catalogue(store),
    tokens: new Tokens(store),
    faults: new Faults(),
    counts: new Counts(),
    throttle: new Throttle(),
    certificates: new Certificates(store),
  };
}
