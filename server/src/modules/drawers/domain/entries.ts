import { derivedId } from '#platform/id.ts';
import type { AnyKind, Method } from './movement.ts';

/** An entry as the books take it. */
export type BooksEntry = {
  id: string;
  kind: 'in' | 'out' | 'transfer' | 'opening';
  amountMinor?: string;
  lines?: { category: string; amountMinor: string }[];
  place?: string;
  owed?: 'cards';
  toPlace?: string;
  date: string;
  text?: string;
  method?: Method;
  origin: { module: 'drawers'; reference: string };
  late: 'first-open-day';
};

export type Booked = {
  id: string;
  kind: AnyKind;
  method: Method;
  amountMinor: bigint;
  handedOutMinor: bigint | null;
  businessDate: string;
  note: string | null;
  /** Where cash comes from or goes to, or a Pix arrives. */
  place: string;
  /** Null where the books are to sort it. */
  category: string | null;
  /** A Pix of this drawer is told to the books by who received it. */
  pixByItself: boolean;
};
type Part = Omit<BooksEntry, 'id' | 'date' | 'text' | 'origin' | 'late'>;

export const entryId = (movementId: string, part: number): string => derivedId('drawers.entry', movementId, String(part));

/**
 * What a movement is in the books: entries with ids of their own, the same however often they are asked for, dated by the shop's business day. Money between places of the shop is a transfer and neither
 * income nor expense. Cash handed out for a Pix leaves the drawer for where the Pix came in; where the books hear of the Pix by themselves, all of it as a sale, what was handed out is
 * taken off the sales. What is taken back, and what the books knew before us, makes no entry.
 */
export function entriesOf(drawer: string, movement: Booked): BooksEntry[] {
  const { id, businessDate: date, note } = movement;
  return partsOf(drawer, movement).map((part, at) => ({
    id: entryId(id, at),
    ...part,
    date,
    ...(note === null ? {} : { text: note }),
    origin: { module: 'drawers', reference: `${id}/${at}` },
    late: 'first-open-day',
  }));
}

function partsOf(drawer: string, movement: Booked): Part[] {
  const { kind, method, amountMinor, handedOutMinor, place, category } = movement;
  if (method === 'pix' && movement.pixByItself) return handedOutFor(drawer, movement);
  const amount = { amountMinor: String(amountMinor) };
  const of = (name: string) => ({ lines: [{ category: name, amountMinor: String(amountMinor) }] });
  const side = sideOf(drawer, method, place);
  switch (kind) {
    case 'sale':
      return [{ kind: 'in', ...of(category ?? 'sales'), ...side, method }];
    case 'refund':
      return [{ kind: 'out', ...of(category ?? 'refunds'), ...side, method }];
    case 'expense':
      return [{ kind: 'out', ...(category === null ? amount : of(category)), place: drawer, method }];
    case 'supply':
      return [{ kind: 'transfer', ...amount, place, toPlace: drawer }];
    case 'withdrawal':
      return [{ kind: 'transfer', ...amount, place: drawer, toPlace: place }];
    case 'pix-change':
      return [
        { kind: 'in', ...of(category ?? 'sales'), place, method },
        { kind: 'transfer', amountMinor: String(handedOutMinor), place: drawer, toPlace: place },
      ];
    case 'pix-withdrawal':
      return [{ kind: 'transfer', ...amount, place: drawer, toPlace: place }];
    case 'float':
      return [{ kind: 'opening', ...amount, place: drawer }];
    case 'surplus':
      return [{ kind: 'in', ...of('cash-difference'), place: drawer }];
    case 'shortage':
      return [{ kind: 'out', ...of('cash-difference'), place: drawer }];
    case 'entry-in':
    case 'entry-out':
    case 'void':
      return [];
  }
}

function handedOutFor(drawer: string, { kind, amountMinor, handedOutMinor, category }: Booked): Part[] {
  const handedOut = kind === 'pix-withdrawal' ? amountMinor : kind === 'pix-change' ? handedOutMinor! : 0n;
  return handedOut === 0n
    ? []
    : [{ kind: 'out', lines: [{ category: category ?? 'sales', amountMinor: String(handedOut) }], place: drawer }];
}

/** Cash lies in the drawer, a Pix where it arrives; what was paid by card or voucher is owed by an acquirer until its day. */
function sideOf(drawer: string, method: Method, place: string): { place: string } | { owed: 'cards' } {
  if (method === 'cash') return { place: drawer };
  return method === 'pix' ? { place } : { owed: 'cards' };
}
