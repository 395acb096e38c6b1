import { Type } from 'typebox';
import { type App, callerOf, contextOf } from '#platform/http/app.ts';
import { parsePublicId } from '#platform/id.ts';
import { nullable } from '#platform/schemas.ts';
import { ledgerContract } from './contract.ts';
import { refuseLedger } from './errors.ts';
import { DirectiveAnswer, showRecord } from './http-answers.ts';
import { limitOf, PageLimit, PathId, PublicId, READ, refusePersons, tags } from './http-shared.ts';
import type { Ledger } from './index.ts';

const { cursor, kind } = ledgerContract.operations.listDirectives.input.properties;

/** What changed the rules: who froze, blocked, closed or opened an account, and why; and which periods are closed. */
export function directiveRoutes(app: App, ledger: Ledger): void {
  app.get(
    '/v1/ledger/directives',
    {
      config: READ,
      schema: {
        summary: 'Comandos de conta e de período, do mais novo ao mais antigo: quem, quando e por quê',
        description: 'Com kind=close-period, a lista dos fechamentos; closedUntil é a última data fechada, inclusive.',
        tags,
        querystring: Type.Object({ accountId: PublicId, kind, cursor, limit: PageLimit }),
        response: {
          200: Type.Object({
            directives: Type.Array(DirectiveAnswer),
            next: nullable(Type.String()),
            closedUntil: nullable(Type.String()),
          }),
        },
      },
    },
    async (request) => {
      refusePersons(callerOf(request));
      const { accountId, limit, ...query } = request.query;
      const account = accountId === undefined ? {} : { accountId: parsePublicId('acc', accountId) };
      const page = await ledger.listDirectives(contextOf(request), { ...query, ...account, ...limitOf(limit) });
      return { ...page, directives: page.directives.map(showRecord) };
    },
  );
  app.get(
    '/v1/ledger/directives/:id',
    { config: READ, schema: { summary: 'Um comando de conta ou de período', tags, params: PathId, response: { 200: DirectiveAnswer } } },
    async (request) => {
      refusePersons(callerOf(request));
      const { directives } = await ledger.getDirectives(contextOf(request), { ids: [parsePublicId('trf', request.params.id)] });
      if (!directives[0]) throw refuseLedger('LEDGER_DIRECTIVE_NOT_FOUND');
      return showRecord(directives[0]);
    },
  );
}
