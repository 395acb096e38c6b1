import { defineErrors } from '#platform/errors.ts';

/** Every refusal of this module, by its stable code. */
export const refuseBanks = defineErrors({
  BANKS_FILE_NOT_FOUND: {
    status: 404,
    title: 'Arquivo não encontrado',
    action: 'Confira o identificador e a loja.',
    en: { title: 'File not found', action: 'Check its id and the shop.' },
  },
  BANKS_PLACE_UNKNOWN: {
    status: 404,
    title: 'Esta conta não existe na loja, ou foi arquivada',
    action: 'Escolha um banco ou outra conta da loja.',
    en: { title: 'The shop has no such account, or it is archived', action: 'Choose a bank or another account of the shop.' },
  },
  BANKS_FILE_TOO_LARGE: {
    status: 413,
    title: 'O arquivo é grande demais',
    action: 'Divida o período em arquivos menores.',
    en: { title: 'The file is too large', action: 'Split the period into smaller files.' },
  },
  BANKS_FILE_EMPTY: {
    status: 422,
    title: 'O arquivo está vazio',
    action: 'Baixe o extrato de novo no banco.',
    en: { title: 'The file is empty', action: 'Download the statement from the bank again.' },
  },
  BANKS_FILE_STATE: {
    status: 409,
    title: 'O arquivo não está em condição para isso',
    action: 'Veja em que pé ele está e espere o que está em curso.',
    en: { title: 'The file is not in a state for this', action: 'See where it stands, and wait for what is under way.' },
  },
  BANKS_PREVIEW_CHANGED: {
    status: 409,
    title: 'A prévia mudou desde que você a viu',
    action: 'Outro arquivo entrou no meio: veja a prévia de novo e confirme.',
    en: { title: 'The preview changed since you saw it', action: 'Another file came in between: look at the preview again and confirm.' },
  },
  BANKS_RECONCILED: {
    status: 409,
    title: 'Há lançamentos já conciliados ou em período travado',
    action: 'Desfaça a conciliação antes.',
    en: { title: 'Some of it is reconciled already, or in a locked period', action: 'Undo the reconciliation first.' },
  },
  BANKS_MOVEMENT_NOT_FOUND: {
    status: 404,
    title: 'Movimento não encontrado',
    action: 'Confira o identificador e a loja.',
    en: { title: 'Movement not found', action: 'Check its id and the shop.' },
  },
  BANKS_MOVEMENT_STATE: {
    status: 409,
    title: 'O movimento ou o lançamento não está livre para isso',
    action: 'Veja com o que ele já está conciliado.',
    en: { title: 'The movement or entry is not free for this', action: 'See what it is reconciled with already.' },
  },
  BANKS_MATCH_REST: {
    status: 422,
    title: 'Os dois lados não batem',
    action: 'Acrescente o que falta como ajuste, ou escolha outros lançamentos.',
    en: { title: 'The two sides do not agree', action: 'Add what is missing as an adjustment, or choose other entries.' },
  },
  BANKS_MATCH_NOT_FOUND: {
    status: 404,
    title: 'Conciliação não encontrada',
    action: 'Confira o identificador.',
    en: { title: 'Match not found', action: 'Check its id.' },
  },
  BANKS_MATCH_OTHER: {
    status: 409,
    title: 'Esta conciliação já existe com outro conteúdo',
    action: 'Use outro identificador, ou repita o mesmo conteúdo.',
    en: { title: 'This match is there already with other content', action: 'Use another id, or repeat the same content.' },
  },
  BANKS_NO_PAIR: {
    status: 422,
    title: 'Estes movimentos não são uma transferência',
    action: 'Uma saída e uma entrada do mesmo valor, em contas diferentes, a entrada no máximo um dia antes.',
    en: {
      title: 'These movements are no transfer',
      action: 'Money out and in of the same amount, of two accounts, the one in at most a day before.',
    },
  },
  BANKS_OPEN_MOVEMENTS: {
    status: 409,
    title: 'Ainda há movimentos por conciliar no período',
    action: 'Concilie ou dispense os que faltam, ou trave assim mesmo.',
    en: {
      title: 'There are movements to reconcile in the period',
      action: 'Reconcile or pass over what is left, or lock it despite them.',
    },
  },
  BANKS_BOOKS_REFUSED: {
    status: 409,
    title: 'Os livros recusaram o lançamento',
    action: 'Veja o código no detalhe.',
    en: { title: 'The books refused the entry', action: 'See the code in the detail.' },
  },
});
