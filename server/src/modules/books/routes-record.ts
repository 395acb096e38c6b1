import { Type } from 'typebox';
import type { App } from '#platform/http/app.ts';
import { Accepted, type Books, NewEntry, RecordResult } from './contract.ts';
import { type Door, writesAt } from './door.ts';

const closed = { additionalProperties: false } as const;
const BODY_LIMIT = 16 * 1024;
const BATCH_LIMIT = 2 * 1024 * 1024;
// What an entry came from is said by rooms of this house only.
const { id, origin: _origin, ...ofEntry } = NewEntry.properties;
const EntryBody = Type.Object(ofEntry, {
  ...closed,
  examples: [
    { kind: 'in', place: 'drawer', method: 'cash', date: '2026-03-02', lines: [{ category: 'sales', amountMinor: '1850' }], text: 'Pães' },
  ],
});

/** Entries that come in. */
export function recordRoutes(app: App, face: Books, door: Door): void {
  const { prefix, tag, params, on } = door;
  const tags = [tag];
  app.post(
    `${prefix}/entries`,
    {
      ...writesAt(door, 'books', { idempotency: 'required' }),
      bodyLimit: BODY_LIMIT,
      schema: {
        tags,
        summary: 'Lança: gravado de imediato, consolidado em seguida',
        description:
          'O cabeçalho lastro-position diz o lugar no razão, quando o lançamento já está lá: é o que os saldos do dia podem esperar (after).',
        params: Type.Object(params),
        body: EntryBody,
        response: { 201: Accepted },
      },
    },
    async (request, reply) => {
      const { ctx, accountId } = on(request);
      const { entry, replayed, position } = await face.recordOne(ctx, { accountId, entry: request.body });
      if (replayed) reply.header('idempotent-replayed', 'true');
      if (position !== null) reply.header('lastro-position', String(position));
      return reply.status(201).send(entry);
    },
  );
  app.post(
    `${prefix}/entry-batches`,
    {
      ...writesAt(door, 'books', { idempotency: 'required' }),
      bodyLimit: BATCH_LIMIT,
      schema: {
        tags,
        summary: 'Até 1.000 lançamentos, cada um com o seu resultado',
        params: Type.Object(params),
        body: Type.Object(
          { entries: Type.Array(Type.Object({ id, ...ofEntry }, closed), { minItems: 1, maxItems: 1_000 }) },
          { ...closed, examples: [{ entries: [{ kind: 'out', place: 'drawer', amountMinor: '4500', date: '2026-03-02', text: 'Gás' }] }] },
        ),
        response: { 200: Type.Object({ results: Type.Array(RecordResult) }) },
      },
    },
    async (request, reply) => {
      const { ctx, accountId } = on(request);
      const { results, replayed } = await face.recordBatch(ctx, { accountId, ...request.body });
      if (replayed) reply.header('idempotent-replayed', 'true');
      return { results };
    },
  );
}
