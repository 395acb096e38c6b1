import { Type } from 'typebox';
import type { Db } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { type App, callerOf } from '#platform/http/app.ts';
import { parsePublicId } from '#platform/id.ts';
import { proveRecord } from '#platform/proof/prove.ts';
import { DayRootPage, DayRootQuery, InclusionProofView, readDayPage } from '#platform/proof/schemas.ts';
import { canonicalLine } from '../domain/record.ts';
import { refuseLedger } from '../errors.ts';
import { loadKnown } from '../store/load.ts';
import { ledgerChain } from './ledger-chain.ts';

const READ = { auth: { scopes: ['ledger:read'] } } as const;
const tags = ['ledger'];

/** Proofs of the caller's ledger, for services. */
export function proofRoutes(app: App, db: Db): void {
  const tenantOf = (request: Parameters<typeof callerOf>[0]): string => {
    const { actor, tenantId } = callerOf(request);
    if (actor.kind === 'person')
      throw refusePlatform('PLATFORM_FORBIDDEN', {
        detail: { pt: 'O livro contábil é para serviços.', en: 'The ledger is for services.' },
      });
    return tenantId;
  };
  app.get(
    '/v1/ledger/transfers/:id/proof',
    {
      config: READ,
      schema: {
        summary: 'Prova de que um lançamento está no seu dia: a linha, o caminho e a raiz',
        tags,
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) }),
        response: { 200: InclusionProofView },
      },
    },
    async (request) => {
      const tenantId = tenantOf(request);
      const id = parsePublicId('trf', request.params.id);
      return db.tx({ module: 'ledger', tenants: [tenantId] }, async (tx) => {
        const known = (await loadKnown(tx, tenantId, [id])).get(id);
        if (known?.outcome !== 'done') throw refuseLedger('LEDGER_TRANSFER_NOT_FOUND');
        const { seq, recordedAt } = known.record;
        const proof = await proveRecord(tx, ledgerChain, tenantId, { seq, at: new Date(recordedAt), line: canonicalLine(known.record) });
        return { ...proof, path: [...proof.path] };
      });
    },
  );
  app.get(
    '/v1/ledger/day-roots',
    {
      config: READ,
      schema: { summary: 'Raízes dos dias, da mais nova à mais antiga', tags, querystring: DayRootQuery, response: { 200: DayRootPage } },
    },
    (request) => {
      const tenantId = tenantOf(request);
      return db.tx({ module: 'ledger', tenants: [tenantId] }, (tx) => readDayPage(tx, 'ledger', tenantId, request.query));
    },
  );
}
