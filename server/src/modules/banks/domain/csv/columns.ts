/** Which column of a table says what, by its heading. */
import type { DateOrder } from '../dates.ts';
import { foldText } from '../statement.ts';

/** Positions of the columns, from 0. Either `amount`, or `credit` and `debit`. */
export type Columns = {
  date: number;
  amount?: number;
  credit?: number;
  debit?: number;
  /** `C` or `D`, `Entrada` or `Saída`, beside an amount. */
  direction?: number;
  text: number[];
  reference?: number;
  balance?: number;
  instalment?: number;
};

export type Layout = {
  name: string;
  delimiter: string;
  columns: Columns;
  headings: string[];
  /** Of a card a purchase is written without a sign and is money out; a payment or refund has a minus and is money in. */
  isCard: boolean;
  dateOrder?: DateOrder;
};

/** How to read a table that nobody knows: columns by heading, or by `#1`, `#2`, … where there are no headings. */
export type Mapping = {
  date: string;
  amount?: string;
  credit?: string;
  debit?: string;
  direction?: string;
  text: string[];
  reference?: string;
  balance?: string;
  dateOrder?: DateOrder;
  isCard?: boolean;
};

const DATES = [
  'DATA',
  'DATE',
  'DATA LANCAMENTO',
  'DATA DO LANCAMENTO',
  'DATA DE LANCAMENTO',
  'DATA DE COMPRA',
  'DATA DA COMPRA',
  'DATA TRANSACAO',
  'DATA DA TRANSACAO',
  'DATA MOVIMENTO',
  'DATA DO MOVIMENTO',
  'DATA MOVIMENTACAO',
  'DATA MOV',
  'DATA MOV.',
  'DATA OPERACAO',
  'RELEASE DATE',
  'TRANSACTION DATE',
  'DT',
];
const AMOUNTS = [
  'VALOR',
  'AMOUNT',
  'VALOR LANCAMENTO',
  'VALOR DA TRANSACAO',
  'TRANSACTION NET AMOUNT',
  'QUANTIA',
  'VALUE',
  'MONTANTE',
  'VLR',
];
const CREDITS = ['CREDITO', 'CREDITOS', 'CREDIT', 'ENTRADA', 'ENTRADAS', 'VALOR CREDITO', 'RECEBIMENTOS'];
const DEBITS = ['DEBITO', 'DEBITOS', 'DEBIT', 'SAIDA', 'SAIDAS', 'VALOR DEBITO', 'PAGAMENTOS'];
const DIRECTIONS = [
  'D/C',
  'C/D',
  'DC',
  'CD',
  'DEB CRED',
  'DEBITO/CREDITO',
  'CREDITO/DEBITO',
  'NATUREZA',
  'TIPO',
  'TIPO LANCAMENTO',
  'TIPO DE LANCAMENTO',
];
const TEXTS = [
  'TRANSACTION TYPE',
  'HISTORICO',
  'LANCAMENTO',
  'TITULO',
  'TITLE',
  'DESCRICAO',
  'DESCRIPTION',
  'DETALHES',
  'DETALHE',
  'ESTABELECIMENTO',
  'MOVIMENTACAO',
  'MEMO',
];
const REFERENCES = [
  'IDENTIFICADOR',
  'ID',
  'REFERENCE ID',
  'DOCTO.',
  'DOCTO',
  'DOCUMENTO',
  'N DOCUMENTO',
  'NO DOCUMENTO',
  'NUMERO DO DOCUMENTO',
  'NR DOC',
  'CODIGO',
];
const BALANCES = ['SALDO', 'BALANCE', 'PARTIAL BALANCE', 'SALDO FINAL'];
const INSTALMENTS = ['PARCELA', 'PARCELAS', 'TIPO'];
const CARD_HEADINGS = new Set(['ESTABELECIMENTO', 'PORTADOR', 'PARCELA', 'FINAL DO CARTAO', 'NOME NO CARTAO']);

type Known = { name: string; headings: string[]; isCard: boolean; dateOrder?: DateOrder };
/** The tables of the banks we know, by all their headings. Those of the same headings read alike. */
const KNOWN: Known[] = [
  { name: 'nubank-account', headings: ['DATA', 'VALOR', 'IDENTIFICADOR', 'DESCRICAO'], isCard: false, dateOrder: 'day-first' },
  { name: 'nubank-card', headings: ['DATE', 'TITLE', 'AMOUNT'], isCard: true },
  { name: 'nubank-card', headings: ['DATE', 'CATEGORY', 'TITLE', 'AMOUNT'], isCard: true },
  {
    name: 'inter-account',
    headings: ['DATA LANCAMENTO', 'HISTORICO', 'DESCRICAO', 'VALOR', 'SALDO'],
    isCard: false,
    dateOrder: 'day-first',
  },
  { name: 'inter-account', headings: ['DATA LANCAMENTO', 'HISTORICO', 'DESCRICAO', 'VALOR'], isCard: false, dateOrder: 'day-first' },
  { name: 'inter-card', headings: ['DATA', 'LANCAMENTO', 'CATEGORIA', 'TIPO', 'VALOR'], isCard: true, dateOrder: 'day-first' },
  {
    name: 'c6-card',
    headings: ['DATA DE COMPRA', 'NOME NO CARTAO', 'FINAL DO CARTAO', 'CATEGORIA', 'DESCRICAO', 'PARCELA', 'VALOR US$', 'COTACAO', 'VALOR'],
    isCard: true,
    dateOrder: 'day-first',
  },
  {
    name: 'mercado-pago',
    headings: ['RELEASE DATE', 'TRANSACTION TYPE', 'REFERENCE ID', 'TRANSACTION NET AMOUNT', 'PARTIAL BALANCE'],
    isCard: false,
    dateOrder: 'day-first',
  },
  { name: 'bradesco', headings: ['DATA', 'HISTORICO', 'DOCTO.', 'CREDITO', 'DEBITO', 'SALDO'], isCard: false, dateOrder: 'day-first' },
];

/** A heading for comparing: `Valor (em R$)` is `VALOR`, `Nr_Doc` is `NR DOC`. */
export function foldHeading(text: string): string {
  return foldText(text.replace(/[_"]/g, ' '))
    .replace(/\(?\s*(?:EM )?R\$\s*\)?/g, '')
    .replace(/\(\s*(?:EM )?US\$\s*\)/g, 'US$')
    .replace(/[º°:]/g, '')
    .trim();
}

/** The layout that these headings make; undefined when no date or no amount is among them. */
export function layoutOf(headings: string[], delimiter: string): Layout | undefined {
  const folded = headings.map(foldHeading);
  const bare = [...folded];
  while (bare.at(-1) === '') bare.pop();
  const known = KNOWN.find((one) => one.headings.length === bare.length && one.headings.every((heading, index) => heading === bare[index]));
  const columns = columnsOf(folded);
  if (!columns) return undefined;
  if (known) return { ...known, delimiter, columns, headings: folded };
  const isCard = folded.some((heading) => CARD_HEADINGS.has(heading)) && columns.amount !== undefined && columns.direction === undefined;
  return { name: 'by-headings', delimiter, columns, headings: folded, isCard };
}

function columnsOf(folded: string[]): Columns | undefined {
  const find = (names: string[]): number | undefined => {
    const index = names.map((name) => folded.indexOf(name)).find((at) => at >= 0);
    return index;
  };
  const [date, amount, credit, debit] = [find(DATES), find(AMOUNTS), find(CREDITS), find(DEBITS)];
  if (date === undefined || (amount === undefined && (credit === undefined || debit === undefined))) return undefined;
  const text = TEXTS.map((name) => folded.indexOf(name)).filter((at) => at >= 0 && at !== date);
  const money = amount !== undefined ? { amount } : { credit, debit };
  return {
    date,
    ...money,
    direction: amount === undefined ? undefined : find(DIRECTIONS),
    text,
    reference: find(REFERENCES),
    balance: find(BALANCES),
    instalment: find(INSTALMENTS),
  };
}

/** The layout that a mapping makes of these cells: headings, or with `#1` and so on only their number; undefined when a column is not there. */
export function layoutByMapping(cells: string[], delimiter: string, mapping: Mapping): Layout | undefined {
  const folded = cells.map(foldHeading);
  const at = (name: string): number => {
    const number = /^#(\d{1,3})$/.exec(name);
    return number ? (Number(number[1]) <= cells.length ? Number(number[1]) - 1 : -1) : folded.indexOf(foldHeading(name));
  };
  const wanted = [
    mapping.date,
    mapping.amount,
    mapping.credit,
    mapping.debit,
    mapping.direction,
    mapping.reference,
    mapping.balance,
    ...mapping.text,
  ];
  if (wanted.some((name) => name !== undefined && at(name) < 0)) return undefined;
  const optional = (name?: string): number | undefined => (name === undefined ? undefined : at(name));
  const columns: Columns = {
    date: at(mapping.date),
    amount: optional(mapping.amount),
    credit: optional(mapping.credit),
    debit: optional(mapping.debit),
    direction: optional(mapping.direction),
    text: mapping.text.map(at),
    reference: optional(mapping.reference),
    balance: optional(mapping.balance),
  };
  if (columns.amount === undefined && (columns.credit === undefined || columns.debit === undefined)) return undefined;
  const headings = mapping.date.startsWith('#') ? [] : folded;
  return { name: 'own', delimiter, columns, headings, isCard: mapping.isCard ?? false, dateOrder: mapping.dateOrder };
}
