import { foldText } from './statement.ts';

/**
 * Lines between movements that only tell a balance. The text begins with it: "PIX RECEBIDO SALDO ANTERIOR ACERTO" is a movement, and so is "SALDO EM
 * ATRASO" of a card.
 */
const BALANCE =
  /^(?:S ?A ?L ?D ?O|SDO)(?: (?:ANTERIOR|ANT|INICIAL|FINAL|ATUAL|DIA|DO DIA|DO PERIODO|EM|TOTAL|DISPONIVEL|DISP|BLOQUEADO|BLOQ|PARCIAL|LIQUIDO|CONTA|CTA\S*|C\/C|CONTABIL|APLIC\S*)(?: .*)?)?$/;
const NO_BALANCE = /^SALDO EM ATRASO/;
const OPENING = /^(?:S ?A ?L ?D ?O|SDO) (?:ANTERIOR|ANT|INICIAL)\b/;

/** Whether this is a line of balance and no movement. */
export function isInformation(text: string): boolean {
  const folded = foldText(text);
  return BALANCE.test(folded) && !NO_BALANCE.test(folded);
}

/** Whether the balance is the one before the first movement. */
export const isOpeningBalance = (text: string): boolean => OPENING.test(foldText(text));
