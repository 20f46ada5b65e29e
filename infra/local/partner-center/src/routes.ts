import { apiRoutes } from './api/routes';
import { controlRoutes } from './control/routes';
import { loginRoutes } from './identity/login';
import type { Route } from './model/route';
import type { Settings } from './model/settings';

/** Everything the sandbox answers: the API, its own endpoints and the login authority. A reset goes back to these settings. */
export const routes = (settings: Settings): readonly Route[] => [
  ...apiRoutes,
  ...controlRoutes(settings),
  ...loginRoutes,
];
