import { describeCrashes } from './crash-suite';
import { bothGuards } from './guards';

describeCrashes(bothGuards);
