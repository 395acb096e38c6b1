import { type Static, Type } from 'typebox';
import { answer } from '../answer.ts';
import type { Receipt } from '../records.ts';
import { applyFaults } from '../sandbox-app.ts';
import { strict } from '../schemas.ts';
import { refusal } from './errors.ts';
import { type EfiRoutes, received, receivedWords, sent } from './messages.ts';

const Instant = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2})$', maxLength: 35 });
const Query = strict({
  inicio: Instant,
  fim: Instant,
  devolucaoPresente: Type.Optional(Type.Boolean()),
  'paginacao.paginaAtual': Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  'paginacao.itensPorPagina': Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
});
type Item = { atMs: number; body: object };

/** What was sent and what was received in a period, newest first, page by page. */
export const listRoutes: EfiRoutes = (app, services) => {
  const { institution, faults } = services;

  /** How far the lists have come: what is younger does not show yet, and nothing says so. */
  const shownUntilMs = (): number => {
    const { lagMs = 0, lateMs = 0 } = faults.config.statement ?? {};
    return Date.now() - Math.max(lagMs, lateMs);
  };

  function pageOf(items: Item[], query: Static<typeof Query>): object {
    const { inicio, fim, 'paginacao.paginaAtual': paginaAtual = 0, 'paginacao.itensPorPagina': itensPorPagina = 100 } = query;
    const [fromMs, toMs] = [Date.parse(inicio), Date.parse(fim)];
    if (!(fromMs <= toMs)) throw refusal(400, 'valor_invalido', 'Campo de data fim deve ser maior ou igual ao campo de data inicio');
    const found = items.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs).sort((one, other) => other.atMs - one.atMs);
    const start = paginaAtual * itensPorPagina;
    const quantidadeDePaginas = Math.ceil(found.length / itensPorPagina);
    const paginacao = { paginaAtual, itensPorPagina, quantidadeDePaginas, quantidadeTotalDeItens: found.length };
    return { parametros: { inicio, fim, paginacao }, pix: found.slice(start, start + itensPorPagina).map(({ body }) => body) };
  }

  app.get('/v2/gn/pix/enviados', { schema: { querystring: Query } }, async ({ query }, reply) => {
    await applyFaults(services, faults, 'statement', reply);
    const untilMs = shownUntilMs();
    const items: Item[] = [];
    for (const payment of institution.sent()) {
      const back = institution.comeBackOf(payment.order.endToEndId).filter(({ atMs }) => atMs <= untilMs);
      if (payment.durable || (payment.finishedAtMs ?? payment.acceptedAtMs) > untilMs) continue;
      if (query.devolucaoPresente !== undefined && query.devolucaoPresente !== back.length > 0) continue;
      items.push({ atMs: payment.acceptedAtMs, body: sent(payment, back) });
    }
    return answer(reply, { faults, group: 'statement', words: receivedWords }, 200, pageOf(items, query));
  });

  app.get('/v2/pix', { schema: { querystring: Query } }, async ({ query }, reply) => {
    await applyFaults(services, faults, 'statement', reply);
    const untilMs = shownUntilMs();
    const isShown = ({ atMs, returnOf }: Receipt) => returnOf === undefined && atMs <= untilMs;
    const items = [...institution.received()].filter(isShown).map((receipt) => {
      const returns = institution.returnsOf(receipt.endToEndId).filter(({ atMs, durable }) => !durable && atMs <= untilMs);
      return { atMs: receipt.atMs, body: received(receipt, returns) };
    });
    return answer(reply, { faults, group: 'statement', words: receivedWords }, 200, pageOf(items, query));
  });
};
