import type { Face } from '#platform/face/contract.ts';
import { tokenDoor } from '#platform/http/two-doors.ts';
import type { ModuleInstance, PlatformDeps } from '#platform/module.ts';
import { createCashFlow } from './cash-flow.ts';
import { type ReportsContract, reportsContract } from './contract.ts';
import { type Deps, MODULE } from './deps.ts';
import { createDre } from './dre.ts';
import { createForecasting } from './forecasting.ts';
import { cashSubscription } from './handlers.ts';
import { routesAt } from './http.ts';

export type { Reports, ReportsContract } from './contract.ts';

/** What a shop's books say, and what is to come. See README.md. */
export function createReports(deps: PlatformDeps & Deps): ModuleInstance<ReportsContract> {
  const impl: Face<ReportsContract> = { ...createDre(deps), ...createCashFlow(deps), ...createForecasting(deps) };
  return {
    name: MODULE,
    face: { contract: reportsContract, impl },
    routes: (app) => routesAt(app, impl, tokenDoor(MODULE)),
    subscriptions: [cashSubscription],
  };
}
