import { describeCrashes } from './crash-suite';
import { buysOrderedCarts } from './guards';

describeCrashes(buysOrderedCarts);
