import { describeCrashes } from './crash-suite';
import { answers800065 } from './guards';

describeCrashes(answers800065);
