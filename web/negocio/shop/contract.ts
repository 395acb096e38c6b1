import type { Minor } from '#core/money';

export type PlaceKind = 'drawer' | 'safe' | 'bank' | 'transit' | 'wallet';
export type Method = 'cash' | 'pix' | 'debit-card' | 'credit-card' | 'boleto' | 'transfer' | 'voucher' | 'other';
export type Owed = 'cards' | 'receivable' | 'payable';
export type Group = 'revenue' | 'deduction' | 'cost' | 'expense' | 'financial-income' | 'financial-expense' | 'difference';
export type NewEntry = {
  id?: string;
  kind: 'in' | 'out' | 'transfer' | 'opening';
  amountMinor?: string;
  lines?: { category: string; amountMinor: string }[];
  place?: string;
  owed?: Owed;
  toPlace?: string;
  toOwed?: Owed;
  date: string;
  competence?: string;
  text?: string;
  method?: Method;
  counterparty?: string;
  tags?: string[];
  late?: 'first-open-day';
};
export type RecordResult = {
  id: string;
  outcome: 'recorded' | 'duplicate' | 'refused';
  code?: string;
  detail?: string;
  detailEn?: string;
  date: string;
  position: number | null;
};
export type Place = { id: string; storeId: string; kind: PlaceKind; name: string; archived: boolean; key: string | null };
export type Category = { id: string; group: Group; name: string; archived: boolean; key: string | null };
export type Shop = {
  accountId: string;
  closedUntil: string | null;
  today: string;
  stores: { id: string; name: string; archived: boolean }[];
  places: Place[];
  categories: Category[];
};
export type Entry = {
  id: string;
  kind: NewEntry['kind'];
  state: 'accepted' | 'posted' | 'refused' | 'reversed';
  amountMinor: Minor;
  lines: { categoryId: string; amountMinor: Minor }[];
  placeId: string | null;
  owed: Owed | null;
  toPlaceId: string | null;
  toOwed: Owed | null;
  date: string;
  competence: string;
  text: string | null;
  method: Method | null;
  counterparty: string | null;
  tags: string[];
  unsorted: boolean;
  recordedAt: string;
  version: number;
};
export type Today = {
  date: string;
  totalMinor: Minor | null;
  places: { id: string; balanceMinor: Minor | null }[];
  soldMinor: Minor;
  soldCount: number;
  /** What was sold on the same weekday a week before, until now or in all. */
  soldBeforeMinor: Minor | null;
  byMethod: { method: Method; amountMinor: Minor; count: number }[];
  outMinor: Minor;
  recent: Entry[];
  waiting: { unsorted: number; accepted: number; refused: number };
  isNew: boolean;
  updatedAt: string | null;
  pending: boolean;
  lagMs: number;
};
export type EntryHistory = Entry & {
  history: { version: number; kind: 'recorded' | 'reversed' | 'recategorised' | 'edited'; at: string; by: string; reason: string | null }[];
};
export type EntryQuery = {
  from?: string;
  to?: string;
  search?: string;
  kind?: 'in' | 'out' | 'transfer';
  unsorted?: 'true';
  placeId?: string;
  categoryId?: string;
  state?: 'refused';
  cursor?: string;
};
export type EntryPage = {
  entries: Entry[];
  days: { date: string; inMinor: Minor; outMinor: Minor }[];
  /** Of all that is found; only with the first page. */
  sums: { count: number; inMinor: Minor; outMinor: Minor } | null;
  next: string | null;
};
export type Sorted = { sorted: number; refused: { entryId: string; code: string }[] };
