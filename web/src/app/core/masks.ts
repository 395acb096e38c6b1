import type { MaskitoOptions } from '@maskito/core';

const d = /\d/;
export const CPF_MASK: MaskitoOptions = { mask: [d, d, d, '.', d, d, d, '.', d, d, d, '-', d, d] };

/** Cents-first typing, as in every Brazilian bank: 1, 12, 123 → R$ 0,01, R$ 0,12, R$ 1,23. At most 11 digits (R$ 999.999.999,99). */
export function typedMoney(text: string): string {
  const n = text.replace(/\D/g, '').replace(/^0+/, '').slice(0, 11);
  if (!n) return '';
  const p = n.padStart(3, '0');
  return `R$ ${p.slice(0, -2).replace(/\B(?=(\d{3})+(?!\d))/g, '.')},${p.slice(-2)}`;
}
export const BRL_MASK: MaskitoOptions = {
  mask: /^[R$\s\d.,]*$/,
  preprocessors: [({ elementState, data }) => ({ elementState, data: data.replace(/\D/g, '') })],
  postprocessors: [
    ({ value }) => {
      const v = typedMoney(value);
      return { value: v, selection: [v.length, v.length] as const };
    },
  ],
  overwriteMode: 'shift',
};
