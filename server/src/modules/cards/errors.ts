import { defineErrors } from '#platform/errors.ts';

/** Every refusal of this module, by its stable code. */
export const refuseCards = defineErrors({
  CARDS_TERMS_FIXED: {
    status: 409,
    title: 'Esta linha do contrato já existe com outro conteúdo',
    action: 'Um contrato não muda para trás: crie uma linha nova, com a data em que começa a valer.',
    en: {
      title: 'This line of the contract exists with other content',
      action: 'A contract does not change backwards: make a new line with the day it begins.',
    },
  },
  CARDS_NO_TERMS: {
    status: 422,
    title: 'O contrato não diz nada sobre esta venda',
    action: 'Cadastre a taxa e o prazo desta adquirente, bandeira e parcelamento, com data até o dia da venda.',
    en: {
      title: 'The contract says nothing of this sale',
      action: 'Add the rate and term of this acquirer, brand and instalments, from the day of the sale or before.',
    },
  },
  CARDS_SALE_CONFLICT: {
    status: 409,
    title: 'Já existe outra venda com este identificador',
    action: 'Use outro identificador, ou repita o mesmo conteúdo.',
    en: { title: 'Another sale has this id already', action: 'Use another id, or repeat the same content.' },
  },
  CARDS_SALE_IN_FUTURE: {
    status: 422,
    title: 'A data da venda ainda não chegou',
    action: 'Confira a data.',
    en: { title: 'The day of the sale has not come yet', action: 'Check the date.' },
  },
  CARDS_RECEIVABLE_NOT_FOUND: {
    status: 404,
    title: 'Recebível não encontrado',
    action: 'Confira o identificador, a loja e a adquirente.',
    en: { title: 'Receivable not found', action: 'Check its id, the shop and the acquirer.' },
  },
  CARDS_NOT_WAITING: {
    status: 409,
    title: 'O recebível já foi pago ou antecipado',
    action: 'Leia a agenda de novo.',
    en: { title: 'The receivable was paid or anticipated already', action: 'Read the agenda again.' },
  },
  CARDS_NOT_OF_THIS_KIND: {
    status: 409,
    title: 'Isto não se contesta nem se devolve',
    action: 'Só uma venda é contestada ou devolvida, uma vez; só uma contestação é revertida.',
    en: { title: 'This is not charged back', action: 'Only a sale is charged back or refunded, once; only a chargeback is reversed.' },
  },
  CARDS_LOT_CONFLICT: {
    status: 409,
    title: 'Já existe outro lote com este identificador',
    action: 'Use outro identificador, ou repita o mesmo conteúdo.',
    en: { title: 'Another lot has this id already', action: 'Use another id, or repeat the same content.' },
  },
  CARDS_REFUSED: {
    status: 422,
    title: 'Os livros recusaram',
    action: 'Veja o código no detalhe: a conta ou a categoria pode não existir.',
    en: { title: 'The books refused it', action: 'See the code in the detail: the place or category may not exist.' },
  },
});
