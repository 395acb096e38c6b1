import { formatReais, formatWhen } from './brl.ts';
import type { StatementLine } from './contract.ts';

/** Excel of Brazil: UTF-8 by its mark, semicolons between cells, decimal comma, CRLF. */
const MARK = '\ufeff';
const END = '\r\n';
const HEAD = ['Data', 'Hora', 'Tipo', 'Quem', 'Descrição', 'Valor (R$)', 'Saldo (R$)', 'Situação', 'Identificador'];
const KINDS: Record<StatementLine['kind'], string> = {
  'pix-in': 'Pix recebido',
  'pix-out': 'Pix enviado',
  'return-in': 'Devolução recebida',
  'return-out': 'Devolução enviada',
  hold: 'Pix em andamento',
  other: 'Movimentação',
};
const STATUSES: Record<StatementLine['status'], string> = { done: 'Concluído', pending: 'Em andamento', failed: 'Não concluído' };

/**
 * A cell of text. What others wrote must not become a formula on the reader's machine: such a text gets an apostrophe in front
 * (OWASP, CSV injection).
 */
function textCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[";\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** No point for thousands: spreadsheets of either language read it as a number once the comma is theirs. */
const amountCell = (minor: string): string => formatReais(minor).replaceAll('.', '');

function rowOf(line: StatementLine): string {
  const { date, time } = formatWhen(line.at);
  const signed = line.direction === 'out' ? `-${line.amountMinor}` : line.amountMinor;
  const cells = [
    date,
    time,
    KINDS[line.kind],
    textCell(line.counterparty ?? ''),
    textCell(line.description ?? ''),
    amountCell(signed),
    line.balanceAfterMinor === null ? '' : amountCell(line.balanceAfterMinor),
    STATUSES[line.status],
    textCell(line.paymentId ?? line.id),
  ];
  return cells.join(';') + END;
}

type Page = { lines: readonly StatementLine[]; next: string | null };

/** The lines of all pages as a file, page by page: what is read waits for what was written. */
export async function* writeStatementCsv(first: Page, readNext: (cursor: string) => Promise<Page>): AsyncGenerator<string> {
  yield MARK + HEAD.join(';') + END;
  for (let page: Page | null = first; page; page = page.next === null ? null : await readNext(page.next)) {
    yield page.lines.map(rowOf).join('');
  }
}
