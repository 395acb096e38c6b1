import { defineErrors } from '#platform/errors.ts';

/** Every refusal of this module, by its stable code. What the books refuse keeps their code: `BOOKS_DAY_CLOSED`. */
export const refuseTitles = defineErrors({
  TITLES_NOT_FOUND: {
    status: 404,
    title: 'Conta a pagar ou a receber não encontrada',
    action: 'Confira o identificador.',
    en: { title: 'Title not found', action: 'Check the identifier.' },
  },
  TITLES_RULE_NOT_FOUND: {
    status: 404,
    title: 'Recorrência não encontrada',
    action: 'Confira o identificador.',
    en: { title: 'Rule not found', action: 'Check the identifier.' },
  },
  TITLES_SETTLEMENT_NOT_FOUND: {
    status: 404,
    title: 'Baixa não encontrada',
    action: 'Confira o identificador.',
    en: { title: 'Settlement not found', action: 'Check the identifier.' },
  },
  TITLES_COUNTERPARTY_NOT_FOUND: {
    status: 404,
    title: 'Fornecedor ou cliente não encontrado',
    action: 'Cadastre-o antes, ou deixe o campo vazio.',
    en: { title: 'Counterparty not found', action: 'Add it before, or leave the field empty.' },
  },
  TITLES_INVALID: {
    status: 422,
    title: 'Dados inválidos',
    action: 'Corrija os campos apontados.',
    en: { title: 'Invalid data', action: 'Correct the fields named.' },
  },
  TITLES_CHANGED: {
    status: 409,
    title: 'Outra pessoa mudou isto agora mesmo',
    action: 'Leia de novo e decida de novo.',
    en: { title: 'Somebody else has changed this just now', action: 'Read it again and decide again.' },
  },
  TITLES_NOT_OPEN: {
    status: 409,
    title: 'Já foi quitado ou cancelado',
    action: 'Estorne a baixa antes, ou crie outro.',
    en: { title: 'It is settled or cancelled already', action: 'Undo its settlement before, or create another one.' },
  },
  TITLES_HAS_SETTLEMENTS: {
    status: 409,
    title: 'Já foi pago, em parte ou todo',
    action: 'Estorne as baixas antes.',
    en: { title: 'It was paid already, in part or whole', action: 'Undo its settlements before.' },
  },
  TITLES_OVER_OPEN: {
    status: 409,
    title: 'Mais do que está em aberto',
    action: 'Baixe no máximo o que está em aberto.',
    en: { title: 'More than what is open', action: 'Settle what is open at most.' },
  },
  TITLES_RULE_ENDED: {
    status: 409,
    title: 'A recorrência foi encerrada',
    action: 'Crie outra.',
    en: { title: 'The rule has ended', action: 'Create another one.' },
  },
  TITLES_DAY_CLOSED: {
    status: 409,
    title: 'O dia está fechado nos livros',
    action: 'Use uma data depois do fechamento, ou peça a reabertura do dia.',
    en: { title: 'The day is closed in the books', action: 'Use a date after the closing, or ask for the day to be reopened.' },
  },
  TITLES_TOO_MANY: {
    status: 409,
    title: 'Há cadastros demais nesta conta',
    action: 'Encerre recorrências ou arquive cadastros que não usa mais.',
    en: { title: 'There are too many of these on this account', action: 'End rules, or archive what you no longer use.' },
  },
});
