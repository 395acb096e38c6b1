import { instantMs } from '#platform/dates.ts';
import type { Found, Movement, StatementPage, StatementQuery } from '../port.ts';
import { type Received, readReceivedPage, readSentPage, type Sent } from './messages.ts';

/** Sent ones are listed by when they were ordered: one that settles in the period may have been ordered so much before it. */
const LONGEST_UNDER_WAY_MS = 2 * 3_600_000;
const A_PAGE = 1_000;

/** Which list, which page of it, up to which instant of theirs, and how many there were when reading began. */
type Cursor = { list: 'sent' | 'received'; page: number; untilMs: number; total: number };
const CURSOR = /^(sent|received)\.(\d{1,7})\.(\d{1,15})\.(-1|\d{1,10})$/;

function readCursor(text: string): Cursor | null {
  const [, list, page, untilMs, total] = CURSOR.exec(text) ?? [];
  return list === undefined ? null : { list: list as Cursor['list'], page: Number(page), untilMs: Number(untilMs), total: Number(total) };
}
const writeCursor = ({ list, page, untilMs, total }: Cursor): string => `${list}.${page}.${untilMs}.${total}`;

export type ReadList = (path: string) => Promise<Found<unknown>>;

/**
 * A period of the statement out of the lists of sent and of received Pix, page by page. Both end at one instant of the provider's clock
 * (`nowMs`), so that what comes while reading moves no page; a list that has another length all the same is read again another time.
 */
export async function readStatementPage(
  read: ReadList,
  { from, to, cursor: given }: StatementQuery,
  { nowMs, lagMs }: { nowMs: number; lagMs: number },
): Promise<Found<StatementPage>> {
  const [fromMs, toMs] = [instantMs(from), instantMs(to)];
  const cursor = given === undefined ? { list: 'sent' as const, page: 0, untilMs: Math.min(toMs, nowMs), total: -1 } : readCursor(given);
  if (cursor === null) return { kind: 'unclear', why: 'CURSOR_UNREADABLE' };
  const { list, untilMs } = cursor;
  const asOf = iso(Math.min(toMs, untilMs - lagMs));
  // Nothing of the period is told yet.
  if (untilMs <= fromMs) return { kind: 'found', value: { lines: [], nextCursor: null, asOf } };
  const since = list === 'sent' ? fromMs - LONGEST_UNDER_WAY_MS : fromMs;
  const answer = await read(`${list === 'sent' ? '/v2/gn/pix/enviados' : '/v2/pix'}?${queryOf(since, untilMs, cursor.page)}`);
  if (answer.kind !== 'found') return answer;
  const page = list === 'sent' ? readSentPage(answer.value) : readReceivedPage(answer.value);
  if (page === null) return { kind: 'unclear', why: 'UNREADABLE_ANSWER' };
  if (cursor.total >= 0 && cursor.total !== page.total) return { kind: 'unclear', why: 'PAGES_MOVED' };
  const lines = page.items
    .flatMap((item) => (list === 'sent' ? linesOfSent(item as Sent) : linesOfReceived(item as Received)))
    .filter(({ at }) => instantMs(at) >= fromMs && instantMs(at) < Math.min(toMs, untilMs));
  return { kind: 'found', value: { lines, nextCursor: next(cursor, page), asOf } };
}

function next(cursor: Cursor, { pages, total }: { pages: number; total: number }): string | null {
  if (cursor.page + 1 < pages) return writeCursor({ ...cursor, page: cursor.page + 1, total });
  return cursor.list === 'sent' ? writeCursor({ ...cursor, list: 'received', page: 0, total: -1 }) : null;
}

function queryOf(fromMs: number, untilMs: number, page: number, more: Record<string, string> = {}): URLSearchParams {
  const paging = { 'paginacao.paginaAtual': String(page), 'paginacao.itensPorPagina': String(A_PAGE) };
  return new URLSearchParams({ inicio: iso(fromMs), fim: iso(untilMs), ...paging, ...more });
}

function linesOfSent({ endToEndId, idEnvio, valor, status, horario, devolucoes = [] }: Sent): Movement[] {
  const at = horario.liquidacao;
  const sent: Movement[] =
    status === 'REALIZADO' && at !== undefined
      ? [{ endToEndId: idEnvio ?? endToEndId, direction: 'out', amount: valor, status: 'settled', at }]
      : [];
  const back = devolucoes.flatMap((one): Movement[] => {
    const cameAt = one.horario.liquidacao ?? one.horario.solicitacao;
    if (one.status !== 'DEVOLVIDO' || cameAt === undefined) return [];
    return [{ endToEndId: one.rtrId, direction: 'in', amount: one.valor, status: 'received', at: cameAt }];
  });
  return [...sent, ...back];
}

function linesOfReceived({ endToEndId, valor, horario, devolucoes = [] }: Received): Movement[] {
  const back = devolucoes.flatMap((one): Movement[] => {
    const at = one.horario.liquidacao ?? one.horario.solicitacao;
    if (one.status !== 'DEVOLVIDO' || at === undefined) return [];
    return [{ endToEndId, returnId: one.id, direction: 'out', amount: one.valor, status: 'returned', at }];
  });
  return [{ endToEndId, direction: 'in', amount: valor, status: 'received', at: horario }, ...back];
}

/** So long after a Pix it may come back (Manual Operacional do DICT, devolução). */
const RETURNS_WITHIN_MS = 90 * 86_400_000;
const DAY_MS = 86_400_000;
const MOST_PAGES = 50;

/** A return of something we sent, by its own id: it is told only with what came back. `aroundMs`: the minute that its id carries. */
export async function findComeBack(
  read: ReadList,
  rtrId: string,
  aroundMs: number,
): Promise<Found<{ sent: Sent; amount: string; at: string }>> {
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = queryOf(aroundMs - RETURNS_WITHIN_MS, aroundMs + DAY_MS, page, { devolucaoPresente: 'true' });
    const answer = await read(`/v2/gn/pix/enviados?${query}`);
    if (answer.kind !== 'found') return answer;
    const list = readSentPage(answer.value);
    if (list === null) return { kind: 'unclear', why: 'UNREADABLE_ANSWER' };
    for (const sent of list.items) {
      const back = sent.devolucoes?.find((one) => one.rtrId === rtrId);
      const at = back?.horario.liquidacao ?? back?.horario.solicitacao;
      if (back?.status === 'DEVOLVIDO' && at !== undefined) return { kind: 'found', value: { sent, amount: back.valor, at } };
    }
    if (page + 1 >= list.pages) return { kind: 'not-found' };
  }
  return { kind: 'unclear', why: 'TOO_MANY_PAGES' };
}

const iso = (ms: number): string => new Date(ms).toISOString();
