import { describeCrashes } from './crash-suite';
import { forgetsRequestIds } from './guards';

describeCrashes(forgetsRequestIds);
