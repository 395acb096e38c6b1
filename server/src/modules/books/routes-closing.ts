import { Type } from 'typebox';
import type { App } from '#platform/http/app.ts';
import { BusinessDate } from '#platform/schemas.ts';
import { type Books, CloseDay, ClosedUntil, Closing, ReopenDay } from './contract.ts';
import { type Door, readsAt, writesAt } from './door.ts';

const BODY_LIMIT = 4 * 1024;

/** Days that are closed, and opened again. */
export function closingRoutes(app: App, face: Books, door: Door): void {
  const { prefix, tag, params, on } = door;
  const tags = [tag];
  const Own = Type.Object(params);
  app.get(
    `${prefix}/closing`,
    {
      ...readsAt(door),
      schema: {
        tags,
        summary: 'O que há a conferir antes de fechar os dias até este, e as figuras do dia',
        params: Own,
        querystring: Type.Object({ date: Type.Optional(BusinessDate) }, { description: 'Hoje, quando falta a data' }),
        response: { 200: Closing },
      },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.getClosing(ctx, { accountId, ...request.query });
    },
  );
  app.post(
    `${prefix}/closing`,
    {
      ...writesAt(door, 'books', { idempotency: 'exempt: a closed day stays closed' }),
      bodyLimit: BODY_LIMIT,
      schema: { tags, summary: 'Fecha os dias até este', params: Own, body: CloseDay, response: { 200: ClosedUntil } },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.closeDay(ctx, { accountId, ...request.body });
    },
  );
  app.post(
    `${prefix}/reopening`,
    {
      ...writesAt(door, 'account:manage', { idempotency: 'exempt: an open day stays open' }),
      bodyLimit: BODY_LIMIT,
      schema: { tags, summary: 'Reabre este dia e os seguintes', params: Own, body: ReopenDay, response: { 200: ClosedUntil } },
    },
    (request) => {
      const { ctx, accountId } = on(request);
      return face.reopenDay(ctx, { accountId, ...request.body });
    },
  );
}
