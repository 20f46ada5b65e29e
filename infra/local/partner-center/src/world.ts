import { Catalogue } from './catalogue';
import { Clock } from './clock';
import { Counts } from './control/counts';
import { Faults } from './faults/faults';
import { Tokens } from './identity/tokens';
import { plantSeed } from './seed/plant';
import type { Settings } from './settings';
import { Store } from './store/store';
import { Throttle } from './throttle';
import { Certificates } from './webhooks/certificates';

/** Everything a route can see and change. */
export interface World {
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

/** Opens the world kept in this folder, and plants the seed in a new one. */
export function openWorld(dataDir: string, settings: Settings): World {
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
