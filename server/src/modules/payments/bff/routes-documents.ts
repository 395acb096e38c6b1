import { Readable } from 'node:stream';
import { businessDate, type Clock } from '#platform/clock.ts';
import type { App } from '#platform/http/app.ts';
import type { SessionGuard } from '#platform/screens.ts';
import { Comprovante, LinkQuery, PaymentParams, ReceiveCode, ReceiveCodeQuery, StatementFileQuery } from './contract.ts';
import type { PaymentsPort } from './screens.ts';
import { writeStatementCsv } from './statement-csv.ts';

const session = { auth: 'session' } as const;
const tags = ['bff'];
/** The most a page of the statement holds. */
const FILE_PAGE = 100;

type Parts = { guard: SessionGuard; payments: PaymentsPort; clock: Clock };

/** What people take away: a code to be paid with, the comprovante, the statement as a file. */
export function documentRoutes(app: App, { guard, payments, clock }: Parts): void {
  const reads = guard.require('payments:read');

  app.get(
    '/bff/v1/pix/receive-code',
    {
      config: { ...session, account: 'receive', ratePerMinute: 240 },
      onRequest: reads,
      schema: { tags, summary: 'Um código para receber', querystring: ReceiveCodeQuery, response: { 200: ReceiveCode } },
    },
    async (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return payments.getReceiveCode(ctx, { accountId, ...request.query });
    },
  );
  app.get(
    '/bff/v1/comprovantes/:id',
    {
      config: { ...session, account: 'see' },
      onRequest: reads,
      schema: { tags, summary: 'O comprovante de um Pix', params: PaymentParams, response: { 200: Comprovante } },
    },
    async (request) => {
      const { ctx, accountId } = guard.visitOf(request);
      return payments.getComprovante(ctx, { id: request.params.id, accountId });
    },
  );
  app.get(
    '/bff/v1/comprovantes/:id/pdf',
    {
      config: { ...session, account: 'see', ratePerMinute: 60 },
      onRequest: reads,
      schema: {
        tags,
        summary: 'O comprovante de um Pix em PDF',
        params: PaymentParams,
        querystring: LinkQuery,
        produces: ['application/pdf'],
      },
    },
    async (request, reply) => {
      const { ctx, accountId } = guard.visitOf(request);
      const comprovante = await payments.getComprovante(ctx, { id: request.params.id, accountId });
      // Loaded when the first is asked for: what writes PDF is large.
      const { renderComprovante } = await import('./comprovante-pdf.ts');
      const pdf = await renderComprovante(comprovante, new Date(clock.now()).toISOString());
      return reply
        .type('application/pdf')
        .header(
          'content-disposition',
          `attachment; filename="comprovante-pix-${businessDate(comprovante.at)}-${comprovante.id.slice(-6)}.pdf"`,
        )
        .send(pdf);
    },
  );
  app.get(
    '/bff/v1/statement.csv',
    {
      config: { ...session, account: 'see', ratePerMinute: 12 },
      onRequest: reads,
      schema: { tags, summary: 'O extrato em CSV', querystring: StatementFileQuery, produces: ['text/csv'] },
    },
    async (request, reply) => {
      const { ctx, accountId } = guard.visitOf(request);
      const { account: _named, ...filters } = request.query;
      const query = { ...filters, accountId, limit: FILE_PAGE };
      // The first page is read before anything is sent, so that a refusal is still an answer of its own.
      const first = await payments.getStatement(ctx, query);
      const rows = writeStatementCsv(first, (cursor) => payments.getStatement(ctx, { ...query, cursor }));
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="extrato-${businessDate(clock.now())}.csv"`)
        .send(Readable.from(rows));
    },
  );
}
