import { Type } from 'typebox';
import { type App, callerOf, contextOf } from '#platform/http/app.ts';
import { parsePublicId } from '#platform/id.ts';
import { refuseLedger } from './errors.ts';
import { HoldAnswer, showRecord, TransferAnswer } from './http-answers.ts';
import { CommandId } from './http-ids.ts';
import { idsBody, MAX_COMMAND_BYTES, PathId, READ, READ_MANY, refusePersons, tags, Unknown } from './http-shared.ts';
import type { Ledger } from './index.ts';

/** Transfers and holds by their ids. */
export function transferRoutes(app: App, ledger: Ledger): void {
  app.get(
    '/v1/ledger/transfers/:id',
    {
      config: READ,
      schema: { summary: 'Um lançamento, com quanto dele já foi estornado', tags, params: PathId, response: { 200: TransferAnswer } },
    },
    async (request) => {
      refusePersons(callerOf(request));
      const { transfers } = await ledger.getTransfers(contextOf(request), { ids: [parsePublicId('trf', request.params.id)] });
      if (!transfers[0]) throw refuseLedger('LEDGER_TRANSFER_NOT_FOUND');
      return showRecord(transfers[0]);
    },
  );
  app.post(
    '/v1/ledger/transfers/by-ids',
    {
      config: READ_MANY,
      bodyLimit: MAX_COMMAND_BYTES,
      schema: {
        summary: 'Até 1.000 lançamentos por seus ids',
        tags,
        body: idsBody(CommandId),
        response: { 200: Type.Object({ transfers: Type.Array(TransferAnswer), unknown: Unknown }) },
      },
    },
    async (request) => {
      refusePersons(callerOf(request));
      const wanted = new Map((request.body.ids as string[]).map((id) => [parsePublicId('trf', id), id]));
      const { transfers } = await ledger.getTransfers(contextOf(request), { ids: [...wanted.keys()] });
      for (const { id } of transfers) wanted.delete(id);
      return { transfers: transfers.map(showRecord), unknown: [...wanted.values()] };
    },
  );
  app.get(
    '/v1/ledger/holds/:id',
    {
      config: READ,
      schema: {
        summary: 'Uma reserva: se está aberta ou como terminou, quanto, até quando, e suas liquidações',
        tags,
        params: PathId,
        response: { 200: HoldAnswer },
      },
    },
    async (request) => {
      refusePersons(callerOf(request));
      const { holds } = await ledger.getHolds(contextOf(request), { ids: [parsePublicId('trf', request.params.id)] });
      if (!holds[0]) throw refuseLedger('LEDGER_HOLD_NOT_FOUND');
      return showRecord(holds[0]);
    },
  );
}
