import { addDays } from '#platform/clock.ts';
import { parseDate } from '#platform/dates.ts';
import type { Words } from '#platform/errors.ts';
import { isUuid } from '#platform/id.ts';
import { flawOfWords } from '#platform/text.ts';
import { defaultCategoryId, UNSORTED } from './chart.ts';
import { firstPlaceId } from './places.ts';

export const ENTRY_KINDS = ['in', 'out', 'transfer', 'opening'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];
export const METHODS = ['cash', 'pix', 'debit-card', 'credit-card', 'boleto', 'transfer', 'voucher', 'other'] as const;
export type Method = (typeof METHODS)[number];
/** What stands between the day something is for and the day it is paid. */
export const OWED = ['cards', 'receivable', 'payable'] as const;
export type Owed = (typeof OWED)[number];

export type EntryLine = { categoryId: string; amountMinor: bigint };

/** An entry as asked for, with every default filled in. */
export type Draft = {
  kind: EntryKind;
  /** Above zero; of an opening it may be below. */
  amountMinor: bigint;
  lines: readonly EntryLine[];
  placeId: string | null;
  owed: Owed | null;
  toPlaceId: string | null;
  toOwed: Owed | null;
  date: string;
  competence: string;
  text: string | null;
  method: Method | null;
  counterparty: string | null;
  tags: readonly string[];
  origin: { module: string; reference: string } | null;
  late: boolean;
};

/** An entry as callers write it. */
export type Asked = {
  kind: EntryKind;
  amountMinor?: string;
  lines?: readonly { category: string; amountMinor: string }[];
  place?: string;
  owed?: Owed;
  toPlace?: string;
  toOwed?: Owed;
  date: string;
  competence?: string;
  text?: string;
  method?: Method;
  counterparty?: string;
  tags?: readonly string[];
  origin?: { module: string; reference: string };
  late?: 'first-open-day';
};

export const placeIdOf = (accountId: string, ref: string): string => (isUuid(ref) ? ref : firstPlaceId(accountId, ref));
export const categoryIdOf = (accountId: string, ref: string): string => (isUuid(ref) ? ref : defaultCategoryId(accountId, ref));

/** Whether some of it still stands in "a classificar". */
export const isUnsorted = (accountId: string, lines: readonly EntryLine[]): boolean => {
  const unsorted = Object.values(UNSORTED).map((key) => defaultCategoryId(accountId, key));
  return lines.some(({ categoryId }) => unsorted.includes(categoryId));
};

/** Reads an entry, or says what is wrong with its form. */
export function draftOf(accountId: string, asked: Asked): Draft | { flaw: Words } {
  const flaw = flawOfTexts(asked) ?? flawOfDates(asked) ?? flawOfForm(asked);
  if (flaw) return { flaw };
  const { kind, date, place, owed, toPlace, toOwed } = asked;
  const lines = linesOf(accountId, asked);
  const total = lines.reduce((sum, line) => sum + line.amountMinor, 0n);
  const amountMinor = asked.amountMinor === undefined ? total : BigInt(asked.amountMinor);
  if (lines.length > 0 && total !== amountMinor)
    return { flaw: { pt: 'A soma das linhas não é o valor do lançamento.', en: 'The lines do not add up to the amount of the entry.' } };
  const competence = asked.competence ?? date;
  const between = place !== undefined && competence !== date;
  return {
    kind,
    amountMinor,
    lines,
    placeId: place === undefined ? null : placeIdOf(accountId, place),
    // What is paid on its own day is owed by nobody in between.
    owed:
      place === undefined || kind === 'transfer' ? (owed ?? null) : between ? (owed ?? (kind === 'in' ? 'receivable' : 'payable')) : null,
    toPlaceId: toPlace === undefined ? null : placeIdOf(accountId, toPlace),
    toOwed: toOwed ?? null,
    date,
    competence,
    text: asked.text?.trim() || null,
    method: asked.method ?? null,
    counterparty: asked.counterparty?.trim() || null,
    tags: [...new Set(asked.tags ?? [])],
    origin: asked.origin ?? null,
    late: asked.late !== undefined,
  };
}

/** The lines of what comes in or goes out; what says none stands in "a classificar". */
function linesOf(accountId: string, { kind, lines, amountMinor }: Asked): EntryLine[] {
  if (kind === 'transfer' || kind === 'opening') return [];
  if (lines) return lines.map((line) => ({ categoryId: categoryIdOf(accountId, line.category), amountMinor: BigInt(line.amountMinor) }));
  return [{ categoryId: defaultCategoryId(accountId, UNSORTED[kind]), amountMinor: BigInt(amountMinor!) }];
}

function flawOfTexts({ text = '', counterparty = '', tags = [], origin }: Asked): Words | undefined {
  for (const one of [text, counterparty, ...tags, origin?.module ?? '', origin?.reference ?? '']) {
    const flaw = flawOfWords(one);
    if (flaw) return { pt: `Um dos textos ${flaw.pt}.`, en: `One of the texts ${flaw.en}.` };
  }
  return undefined;
}

function flawOfDates({ date, competence }: Asked): Words | undefined {
  if (parseDate(date) && (competence === undefined || parseDate(competence))) return undefined;
  return { pt: 'Uma das datas não existe.', en: 'One of the dates does not exist.' };
}

const FORM = {
  sides: {
    pt: 'Uma entrada ou saída diz onde está o dinheiro (place) ou a quem é devido (owed).',
    en: 'What comes in or goes out says where the money is (place) or that it is owed (owed).',
  },
  target: { pt: 'Só uma transferência tem destino.', en: 'Only a transfer has a destination.' },
  dates: { pt: 'Só o que é pago tem duas datas.', en: 'Only what is paid has two dates.' },
  transfer: {
    pt: 'Uma transferência tem uma origem, um destino diferente e um valor, sem linhas.',
    en: 'A transfer has one source, another destination and an amount, and no lines.',
  },
  opening: { pt: 'Um saldo inicial é de um lugar, com valor e sem linhas.', en: 'An opening is of a place, with an amount and no lines.' },
  amount: { pt: 'Falta o valor, ou ele é negativo.', en: 'The amount is missing, or it is negative.' },
} as const satisfies Record<string, Words>;

function flawOfForm(asked: Asked): Words | undefined {
  const { kind, place, owed, toPlace, toOwed, lines, amountMinor, date, competence = date } = asked;
  const isNegative = amountMinor?.startsWith('-') ?? false;
  if (kind === 'opening') {
    const isOne = place !== undefined && !owed && toPlace === undefined && !toOwed && !lines && amountMinor !== undefined;
    return isOne && competence === date ? undefined : FORM.opening;
  }
  if (isNegative || (lines === undefined && amountMinor === undefined)) return FORM.amount;
  if (kind === 'transfer') {
    const isOne = (place === undefined) !== (owed === undefined) && (toPlace === undefined) !== (toOwed === undefined);
    const isElsewhere = (place ?? owed) !== (toPlace ?? toOwed);
    return isOne && isElsewhere && !lines && competence === date ? undefined : FORM.transfer;
  }
  if (toPlace !== undefined || toOwed !== undefined) return FORM.target;
  if (place === undefined && owed === undefined) return FORM.sides;
  return place === undefined && competence !== date ? FORM.dates : undefined;
}

/** What must be known of a shop to judge its entries. */
export type Known = {
  closedUntil: string | null;
  today: string;
  /** Ids of the shop's own; true for those that are archived. */
  places: ReadonlyMap<string, boolean>;
  categories: ReadonlyMap<string, boolean>;
};

export type Refusal = 'BOOKS_PLACE_UNKNOWN' | 'BOOKS_CATEGORY_UNKNOWN' | 'BOOKS_DATE_IN_FUTURE' | 'BOOKS_DAY_CLOSED';
export type Dates = { date: string; competence: string; originalDate: string | null; originalCompetence: string | null };
export type Judged = { dates: Dates } | { refused: Refusal };

/** Whether an entry may stand in the books, and on which days. */
export function judge(draft: Draft, { closedUntil, today, places, categories }: Known): Judged {
  for (const place of [draft.placeId, draft.toPlaceId])
    if (place !== null && places.get(place) !== false) return { refused: 'BOOKS_PLACE_UNKNOWN' };
  for (const line of draft.lines) if (categories.get(line.categoryId) !== false) return { refused: 'BOOKS_CATEGORY_UNKNOWN' };
  const { date, competence } = draft;
  if (date > today || competence > today) return { refused: 'BOOKS_DATE_IN_FUTURE' };
  if (closedUntil === null || (date > closedUntil && competence > closedUntil))
    return { dates: { date, competence, originalDate: null, originalCompetence: null } };
  if (!draft.late) return { refused: 'BOOKS_DAY_CLOSED' };
  // It may be tomorrow, where today is closed already: then the entry waits for it.
  const open = addDays(closedUntil, 1);
  return {
    dates: {
      date: date > closedUntil ? date : open,
      competence: competence > closedUntil ? competence : open,
      originalDate: date > closedUntil ? null : date,
      originalCompetence: competence > closedUntil ? null : competence,
    },
  };
}
