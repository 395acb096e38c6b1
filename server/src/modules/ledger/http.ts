import { Type } from 'typebox';
import type { Db } from '#platform/db/db.ts';
import { type App, callerOf, contextOf } from '#platform/http/app.ts';
import { languageOf } from '#platform/http/language.ts';
import { ledgerContract } from './contract.ts';
import { refuseFreezing } from './freezing.ts';
import { accountRoutes } from './http-accounts.ts';
import { ResultAnswer, refusalOf, showResult } from './http-answers.ts';
import { directiveRoutes } from './http-directives.ts';
import { AccountBody, CommandBody, readAccountIds, readCommandIds } from './http-ids.ts';
import { searchRoutes } from './http-search.ts';
import { settingRoutes } from './http-settings.ts';
import { MAX_BATCH_BYTES, MAX_COMMAND_BYTES, refusePersons, tags, WRITE } from './http-shared.ts';
import { transferRoutes } from './http-transfers.ts';
import type { Ledger } from './index.ts';
import { honourKey } from './request-keys.ts';

const flag = (description: string) => Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')], { description }));
const HowQuery = Type.Object({
  dryRun: flag('Responde o que seria, sem gravar'),
  balances: flag('Responde também o saldo das duas contas logo depois de cada lançamento'),
});
const REPEATED =
  'O mesmo id com o mesmo conteúdo responde 200 com `duplicate`; com outro, LEDGER_ID_CONFLICT. Uma Idempotency-Key não é necessária; se vier, ' +
  'vale para um só corpo.';

/** The ledger for services, over HTTP. A person may look at accounts of their own, and no more. */
export function ledgerRoutes(app: App, ledger: Ledger, db: Db): void {
  openingRoutes(app, ledger, db);
  commandRoutes(app, ledger, db);
  accountRoutes(app, ledger);
  transferRoutes(app, ledger);
  directiveRoutes(app, ledger);
  searchRoutes(app, ledger);
  settingRoutes(app, ledger);
}

function openingRoutes(app: App, ledger: Ledger, db: Db): void {
  const { results } = ledgerContract.operations.createAccounts.output.properties;
  const described = { tags, description: `${REPEATED} Outra configuração é LEDGER_ACCOUNT_CONFLICT.` };
  app.post(
    '/v1/ledger/accounts',
    {
      config: WRITE,
      bodyLimit: MAX_COMMAND_BYTES,
      schema: { summary: 'Abre uma conta', ...described, body: AccountBody, response: { 200: results.items, 201: results.items } },
    },
    async (request, reply) => {
      refusePersons(callerOf(request));
      await honourKey(db, request);
      const opened = await ledger.createAccounts(contextOf(request), { accounts: [readAccountIds(request.body)] });
      const [result] = opened.results;
      return reply.status(result!.duplicate ? 200 : 201).send(result!);
    },
  );
  const all = Type.Object({ results });
  app.post(
    '/v1/ledger/accounts/batch',
    {
      config: WRITE,
      bodyLimit: MAX_BATCH_BYTES,
      schema: {
        summary: 'Abre até 1.000 contas, todas ou nenhuma',
        ...described,
        body: Type.Object({ accounts: Type.Array(AccountBody, { minItems: 1, maxItems: 1_000 }) }),
        response: { 200: all, 201: all },
      },
    },
    async (request, reply) => {
      refusePersons(callerOf(request));
      await honourKey(db, request);
      const opened = await ledger.createAccounts(contextOf(request), { accounts: request.body.accounts.map(readAccountIds) });
      return reply.status(opened.results.every(({ duplicate }) => duplicate) ? 200 : 201).send(opened);
    },
  );
}

function commandRoutes(app: App, ledger: Ledger, db: Db): void {
  app.post(
    '/v1/ledger/transfers',
    {
      config: WRITE,
      bodyLimit: MAX_COMMAND_BYTES,
      schema: {
        summary: 'Um comando: lança, reserva, liquida, libera, estorna, muda uma conta ou fecha um período',
        description: `${REPEATED} Uma recusa é um problema cujo código diz o motivo, e o id continua recusado (docs/ledger-codes.md).`,
        tags,
        querystring: HowQuery,
        body: CommandBody,
        response: { 200: ResultAnswer, 201: ResultAnswer },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      refusePersons(caller);
      const command = readCommandIds(request.body);
      refuseFreezing(caller, [command]);
      await honourKey(db, request);
      const how = { dryRun: request.query.dryRun === 'true', balances: request.query.balances === 'true' };
      const { results } = await ledger.submit(contextOf(request), { commands: [command], ...how });
      const result = results[0]!;
      if (result.outcome === 'rejected') throw refusalOf(result);
      const isNew = !how.dryRun && !result.duplicate;
      return reply.status(isNew ? 201 : 200).send(showResult(result, languageOf(request.headers['accept-language'])));
    },
  );
  app.post(
    '/v1/ledger/transfers/batch',
    {
      config: WRITE,
      bodyLimit: MAX_BATCH_BYTES,
      schema: {
        summary: 'Até 1.000 comandos, cada um com seu resultado, ou todos ou nenhum (atomic); dryRun responde sem gravar',
        description: `${REPEATED} Com atomic, ou todos os resultados são done, ou todos são rejected.`,
        tags,
        querystring: HowQuery,
        body: Type.Object({
          commands: Type.Array(CommandBody, { minItems: 1, maxItems: 1_000 }),
          atomic: Type.Optional(Type.Boolean()),
          dryRun: Type.Optional(Type.Boolean()),
          balances: Type.Optional(Type.Boolean()),
        }),
        response: { 200: Type.Object({ results: Type.Array(ResultAnswer) }) },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      refusePersons(caller);
      const { commands: written, atomic = false, ...asked } = request.body;
      const commands = written.map(readCommandIds);
      refuseFreezing(caller, commands);
      await honourKey(db, request);
      const isAsked = (name: 'dryRun' | 'balances'): boolean => asked[name] === true || request.query[name] === 'true';
      const how = { atomic, dryRun: isAsked('dryRun'), balances: isAsked('balances') };
      const { results } = await ledger.submit(contextOf(request), { commands, ...how });
      const language = languageOf(request.headers['accept-language']);
      return { results: results.map((result) => showResult(result, language)) };
    },
  );
}
