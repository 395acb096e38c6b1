import type { Counts } from '#ui/denominations';
import type { NewCount } from '../../shop/drawers';

/** Notes and coins as they were counted; what nobody has is left out. */
export const piecesOf = (counts: Counts): NewCount['cash'] =>
  Object.entries(counts).flatMap(([value, pieces]) =>
    pieces > 0 ? [{ denominationMinor: Number(value) as NewCount['cash'][number]['denominationMinor'], pieces }] : [],
  );
