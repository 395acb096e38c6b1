import type { App } from '#platform/http/app.ts';
import type { Books } from './contract.ts';
import { tokenDoor } from './door.ts';
import { chartRoutes, shopRoute } from './routes-chart.ts';
import { closingRoutes } from './routes-closing.ts';
import { entryRoutes } from './routes-entries.ts';
import { recordRoutes } from './routes-record.ts';

/** Books over the API, of the account that the path names. */
export function booksRoutes(app: App, face: Books): void {
  shopRoute(app, face, tokenDoor);
  chartRoutes(app, face, tokenDoor);
  recordRoutes(app, face, tokenDoor);
  entryRoutes(app, face, tokenDoor);
  closingRoutes(app, face, tokenDoor);
}
