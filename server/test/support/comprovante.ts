import type { Comprovante } from '../../src/modules/payments/bff/contract.ts';

export const partyOf = (name: string) => ({
  name,
  taxIdMasked: '***.123.456-**',
  bankName: 'Banco',
  ispb: '12345678',
  branch: '0001',
  account: '9-1',
});
/** Of a Pix that was sent late in the evening of Brasília. */
export const COMPROVANTE: Comprovante = {
  id: 'pay_01j0000000000000000000000a',
  direction: 'out',
  amountMinor: '123450',
  at: '2026-01-02T02:30:00.000Z',
  payer: partyOf('José Antônio'),
  payee: partyOf('Padaria Ção'),
  description: 'Almoço',
  endToEndId: 'E12345678202601020230abcdefghijk',
  txid: null,
  returnOf: null,
};
