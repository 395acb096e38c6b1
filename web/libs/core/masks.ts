import type { MaskitoOptions, MaskitoPlugin } from '@maskito/core';
import { type AmountFault, readAmount } from './amount-text';

const d = /\d/;
const CPF = [d, d, d, '.', d, d, d, '.', d, d, d, '-', d, d];
const c = /[0-9A-Za-z]/;
const CNPJ = [c, c, '.', c, c, c, '.', c, c, c, '/', c, c, c, c, '-', d, d];

/** A CNPJ, letters among its first twelve places or not; shown in capitals. */
export const CNPJ_MASK: MaskitoOptions = {
  mask: CNPJ,
  postprocessors: [({ value, selection }) => ({ value: value.toUpperCase(), selection })],
};

/** More than a CPF holds: a CNPJ, which must not lose its end silently and become a CPF that is wrong. */
export const looksCnpj = (text: string): boolean => /[A-Za-z]/.test(text) || text.replace(/\D/g, '').length > 11;
/** A CPF, and a CNPJ in whole for whoever has just that at hand: the form then says that it takes the CPF. */
export const CPF_MASK: MaskitoOptions = { mask: ({ value }) => (looksCnpj(value) ? CNPJ : CPF) };

/** Cents-first typing, as in every Brazilian bank: 1, 12, 123 → R$ 0,01, R$ 0,12, R$ 1,23. At most 11 digits (R$ 999.999.999,99). */
export function typedMoney(text: string): string {
  const n = text.replace(/\D/g, '').replace(/^0+/, '').slice(0, 11);
  if (!n) return '';
  const p = n.padStart(3, '0');
  return `R$ ${p.slice(0, -2).replace(/\B(?=(\d{3})+(?!\d))/g, '.')},${p.slice(-2)}`;
}

/** Ways in which a text comes whole, as somebody wrote it, and not by keys. */
const WHOLE = new Set(['insertFromPaste', 'insertFromPasteAsQuotation', 'insertFromDrop', 'insertFromYank', 'insertReplacementText']);
/** Some keyboards write what is in the clipboard as if it were typed: more than digits at once is a text as well. */
const isWritten = (event: InputEvent): boolean =>
  WHOLE.has(event.inputType) || (event.inputType === 'insertText' && /\D/.test(event.data ?? '') && (event.data ?? '').length > 1);

/**
 * Amounts that come as a whole text (pasted, dropped, filled in by the browser) are read as they are written and take the place of what
 * was there; what cannot be read leaves the field as it was, and `refused` says why. Keys go on to cents-first typing.
 */
function wholeAmounts(refused: (fault: AmountFault | null, text: string) => void): MaskitoPlugin {
  return (element) => {
    const field = element as HTMLInputElement;
    let last = field.value;
    const take = (text: string): void => {
      const read = readAmount(text);
      const value = 'minor' in read ? typedMoney(read.minor) : last;
      refused('fault' in read ? read.fault : null, text);
      last = value;
      if (field.value === value) return;
      field.value = value;
      field.setSelectionRange(value.length, value.length);
    };
    const before = (event: Event): void => {
      const input = event as InputEvent;
      last = field.value;
      if (!isWritten(input)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      take(input.dataTransfer?.getData('text/plain') || input.data || '');
      field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText' }));
    };
    const after = (event: Event): void => {
      const kind = (event as InputEvent).inputType;
      // Autofill tells no kind, or says that it replaced the text.
      if (!kind || WHOLE.has(kind)) {
        if (field.value === '') refused(null, '');
        else if (field.value !== last) take(field.value);
      } else if (field.value !== last) refused(null, '');
      last = field.value;
    };
    const begin = (): void => {
      last = field.value;
    };
    field.addEventListener('focus', begin);
    field.addEventListener('beforeinput', before, { capture: true });
    field.addEventListener('input', after, { capture: true });
    return () => {
      field.removeEventListener('focus', begin);
      field.removeEventListener('beforeinput', before, { capture: true });
      field.removeEventListener('input', after, { capture: true });
    };
  };
}

export function brlMask(refused: (fault: AmountFault | null, text: string) => void = () => undefined): MaskitoOptions {
  return {
    mask: /^[R$\s\d.,]*$/,
    preprocessors: [({ elementState, data }) => ({ elementState, data: data.replace(/\D/g, '') })],
    postprocessors: [
      ({ value }) => {
        const v = typedMoney(value);
        return { value: v, selection: [v.length, v.length] as const };
      },
    ],
    plugins: [wholeAmounts(refused)],
    overwriteMode: 'shift',
  };
}
