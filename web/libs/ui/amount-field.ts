import { type Signal, signal } from '@angular/core';
import type { MaskitoOptions } from '@maskito/core';
import type { AmountFault } from '#core/amount-text';
import type { Key } from '#core/i18n/i18n';
import { brlMask } from '#core/masks';

const FAULT: Record<AmountFault, Key> = {
  negative: 'amount.negative',
  foreign: 'amount.foreign',
  tooLarge: 'amount.tooLarge',
  none: 'amount.none',
};
const MAX_SHOWN = 40;

export type RefusedText = { key: Key; text: string };

/** The mask of a field for an amount, and why a text pasted into it was not taken. */
export function amountField(): { mask: MaskitoOptions; refused: Signal<RefusedText | null> } {
  const refused = signal<RefusedText | null>(null);
  const mask = brlMask((fault, text) => refused.set(fault ? { key: FAULT[fault], text: text.trim().slice(0, MAX_SHOWN) } : null));
  return { mask, refused };
}
