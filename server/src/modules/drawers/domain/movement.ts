/** How a customer pays at the till. Only cash lies in the drawer; of the others slips are counted. */
export const METHODS = ['cash', 'pix', 'debit-card', 'credit-card', 'voucher'] as const;
export type Method = (typeof METHODS)[number];

/**
 * What can happen at a drawer. `supply` (suprimento) brings cash in and `withdrawal` (sangria) carries it off, both between places of the shop. `pix-change` (Pix Troco) is a sale paid by
 * Pix with more than its price, the rest handed out in cash; `pix-withdrawal` (Pix Saque) the same without a sale.
 */
export const KINDS = ['sale', 'supply', 'withdrawal', 'refund', 'expense', 'pix-change', 'pix-withdrawal'] as const;
export type Kind = (typeof KINDS)[number];
/**
 * What the room adds by itself: the float as far as it is new, differences, what others recorded in the books on the drawer's account, and the opposite of a
 * movement that was taken back.
 */
export const OWN_KINDS = ['float', 'surplus', 'shortage', 'entry-in', 'entry-out', 'void'] as const;
export const ALL_KINDS = [...KINDS, ...OWN_KINDS] as const;
export type AnyKind = (typeof ALL_KINDS)[number];

export type Movement = {
  kind: Kind;
  /** Of a sale and of a refund; all others are what their kind says. */
  method: Method;
  /** Above zero. Of a sale its price, whatever was handed over; of `pix-change` the price of the sale alone. */
  amountMinor: bigint;
  /** Cash that a customer handed over for a sale. */
  paidMinor?: bigint | null;
  /** Cash handed out of `pix-change`. */
  handedOutMinor?: bigint | null;
};

/** Why a movement cannot be. */
export type Fault =
  | 'not-above-zero'
  | 'paid-too-little'
  | 'paid-without-cash'
  | 'handed-out-without-pix-change'
  | 'nothing-handed-out'
  | 'method-of-kind';

/** The method that a kind always has; a sale and a refund have any. */
const METHOD_OF: Partial<Record<Kind, Method>> = {
  supply: 'cash',
  withdrawal: 'cash',
  expense: 'cash',
  'pix-change': 'pix',
  'pix-withdrawal': 'pix',
};

export function findFault({ kind, method, amountMinor, paidMinor = null, handedOutMinor = null }: Movement): Fault | null {
  if (amountMinor <= 0n) return 'not-above-zero';
  if (METHOD_OF[kind] !== undefined && METHOD_OF[kind] !== method) return 'method-of-kind';
  if (paidMinor !== null && !(kind === 'sale' && method === 'cash')) return 'paid-without-cash';
  if (paidMinor !== null && paidMinor < amountMinor) return 'paid-too-little';
  if (kind === 'pix-change') return handedOutMinor !== null && handedOutMinor > 0n ? null : 'nothing-handed-out';
  return handedOutMinor === null ? null : 'handed-out-without-pix-change';
}

/** What goes back to a customer who paid a sale in cash. */
export const changeOf = ({ amountMinor, paidMinor }: Movement): bigint => (paidMinor ?? amountMinor) - amountMinor;

export type Totals = Readonly<Record<Method, bigint>>;
export const NOTHING: Totals = { cash: 0n, pix: 0n, 'debit-card': 0n, 'credit-card': 0n, voucher: 0n };

/** By how much a movement changes what should be in the drawer, and on the slips of each other method. */
export function effectOf({ kind, method, amountMinor, handedOutMinor }: Movement): Partial<Totals> {
  switch (kind) {
    case 'sale':
      return { [method]: amountMinor };
    case 'refund':
      return { [method]: -amountMinor };
    case 'supply':
      return { cash: amountMinor };
    case 'withdrawal':
    case 'expense':
      return { cash: -amountMinor };
    case 'pix-change':
      return { cash: -(handedOutMinor ?? 0n), pix: amountMinor + (handedOutMinor ?? 0n) };
    case 'pix-withdrawal':
      return { cash: -amountMinor, pix: amountMinor };
  }
}

/** By how much the drawer changes, also by what the room adds by itself; the opposite of a movement says so where it is made. */
export function cashEffectOf(movement: Omit<Movement, 'kind'> & { kind: AnyKind }): bigint {
  switch (movement.kind) {
    case 'float':
    case 'surplus':
    case 'entry-in':
      return movement.amountMinor;
    case 'shortage':
    case 'entry-out':
      return -movement.amountMinor;
    case 'void':
      return 0n;
    default:
      return effectOf({ ...movement, kind: movement.kind }).cash ?? 0n;
  }
}

/** By how much the slips of its method change. */
export const slipEffectOf = (movement: Movement): bigint => (movement.method === 'cash' ? 0n : (effectOf(movement)[movement.method] ?? 0n));

/** What should be there: the float that was counted at the opening (not what the last closing said), and all movements since. */
export function expectedOf(floatMinor: bigint, movements: readonly Movement[]): Totals {
  return movements.reduce((sum, movement) => addTotals(sum, effectOf(movement)), { ...NOTHING, cash: floatMinor });
}

export function addTotals(a: Totals, b: Partial<Totals>): Totals {
  return Object.fromEntries(METHODS.map((method) => [method, a[method] + (b[method] ?? 0n)])) as Record<Method, bigint>;
}
