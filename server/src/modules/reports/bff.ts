import type { Face } from '#platform/face/contract.ts';
import { sessionDoor } from '#platform/http/two-doors.ts';
import type { Screens, SessionGuard } from '#platform/screens.ts';
import type { ReportsContract } from './contract.ts';
import { routesAt } from './http.ts';

/** DRE is one call; Fluxo e previsão two: `cash-flow` for what was, `forecast` for what will be. */
export function reportsScreens({ face, guard }: { face: Face<ReportsContract>; guard: SessionGuard }): Screens {
  return { routes: (app) => routesAt(app, face, sessionDoor('reports', guard)) };
}
