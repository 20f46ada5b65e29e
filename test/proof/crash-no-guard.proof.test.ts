import { describeCrashes } from './crash-suite';
import { noGuard } from './guards';

describeCrashes(noGuard);
