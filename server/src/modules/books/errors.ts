import { defineErrors } from '#platform/errors.ts';

/** Every refusal of this module, by its stable code. */
export const refuseBooks = defineErrors({
  BOOKS_NOT_FOUND: {
    status: 404,
    title: 'A loja não tem isto',
    action: 'Confira o identificador e a loja.',
    en: { title: 'The shop has no such thing', action: 'Check its id and the shop.' },
  },
  BOOKS_ENTRY_NOT_FOUND: {
    status: 404,
    title: 'Lançamento não encontrado',
    action: 'Confira o identificador e a loja.',
    en: { title: 'Entry not found', action: 'Check its id and the shop.' },
  },
  BOOKS_ENTRY_INVALID: {
    status: 422,
    title: 'O lançamento não fecha',
    action: 'Corrija o que o detalhe aponta.',
    en: { title: 'The entry does not hold together', action: 'Correct what the detail says.' },
  },
  BOOKS_ENTRY_CONFLICT: {
    status: 409,
    title: 'Já existe outro lançamento com este identificador ou esta origem',
    action: 'Use outro identificador, ou repita o mesmo conteúdo.',
    en: { title: 'Another entry has this id or origin already', action: 'Use another id, or repeat the same content.' },
  },
  BOOKS_ENTRY_REVERSED: {
    status: 409,
    title: 'O lançamento foi estornado',
    action: 'Lance de novo o que for preciso.',
    en: { title: 'The entry was reversed', action: 'Record again what is needed.' },
  },
  BOOKS_ENTRY_REFUSED: {
    status: 409,
    title: 'O razão recusou o lançamento',
    action: 'Veja o código da recusa e lance de novo.',
    en: { title: 'The ledger refused the entry', action: 'See the code of the refusal and record it again.' },
  },
  BOOKS_DATE_IN_FUTURE: {
    status: 422,
    title: 'A data ainda não chegou',
    action: 'O que vence depois é um título: contas a pagar ou a receber.',
    en: { title: 'The date has not come yet', action: 'What is due later is a title: payable or receivable.' },
  },
  BOOKS_DAY_CLOSED: {
    status: 409,
    title: 'O dia está fechado',
    action: 'Lance em um dia aberto, ou reabra o dia.',
    en: { title: 'The day is closed', action: 'Record it on an open day, or reopen the day.' },
  },
  BOOKS_PLACE_UNKNOWN: {
    status: 422,
    title: 'Este lugar não existe na loja, ou foi arquivado',
    action: 'Escolha um caixa, cofre, banco ou conta da loja.',
    en: { title: 'The shop has no such place, or it is archived', action: 'Choose a drawer, safe, bank or account of the shop.' },
  },
  BOOKS_CATEGORY_UNKNOWN: {
    status: 422,
    title: 'Esta categoria não existe na loja, ou foi arquivada',
    action: 'Escolha uma categoria da loja.',
    en: { title: 'The shop has no such category, or it is archived', action: 'Choose a category of the shop.' },
  },
  BOOKS_STORE_UNKNOWN: {
    status: 422,
    title: 'Esta filial não existe na loja, ou foi arquivada',
    action: 'Escolha uma filial da loja.',
    en: { title: 'The shop has no such store, or it is archived', action: 'Choose a store of the shop.' },
  },
  BOOKS_KIND_FIXED: {
    status: 409,
    title: 'Isto não muda depois de criado',
    action: 'Arquive este e crie outro.',
    en: { title: 'This does not change once it is made', action: 'Archive it and make another one.' },
  },
  BOOKS_NEEDED: {
    status: 409,
    title: 'Isto não pode ser arquivado: o sistema lança aqui por conta própria',
    action: 'Mude o nome, se quiser; os lançamentos podem ir para outra categoria depois.',
    en: {
      title: 'This cannot be archived: the system books here by itself',
      action: 'Rename it if you like; entries can be given another category later.',
    },
  },
  BOOKS_ENTRY_CHANGED: {
    status: 409,
    title: 'O lançamento mudou enquanto você o via',
    action: 'Leia-o de novo e repita a mudança.',
    en: { title: 'The entry changed while you looked at it', action: 'Read it again and repeat the change.' },
  },
  BOOKS_OPEN_ITEMS: {
    status: 409,
    title: 'Ainda há o que conferir antes de fechar',
    action: 'Confira os itens da lista, ou feche assim mesmo.',
    en: { title: 'Something is to be looked at before closing', action: 'See to the items of the list, or close despite them.' },
  },
  BOOKS_CURSOR_INVALID: {
    status: 400,
    title: 'Cursor inválido',
    action: 'Use o cursor da última página, ou comece de novo.',
    en: { title: 'Invalid cursor', action: 'Use the cursor of the last page, or begin again.' },
  },
  BOOKS_RANGE_INVALID: {
    status: 400,
    title: 'Período inválido',
    action: 'Use datas que existam, o início antes do fim.',
    en: { title: 'Invalid period', action: 'Use dates that exist, the start before the end.' },
  },
  BOOKS_RULE_INVALID: {
    status: 422,
    title: 'A regra não diz a que se aplica',
    action: 'Diga um texto que contém, uma pessoa, ou os dois.',
    en: { title: 'The rule does not say what it is for', action: 'Say a text that it contains, somebody, or both.' },
  },
  BOOKS_TOO_MANY_RULES: {
    status: 409,
    title: 'A loja tem regras demais',
    action: 'Remova as que não servem mais.',
    en: { title: 'The shop has too many rules', action: 'Remove those that are of no use any more.' },
  },
  BOOKS_OVERLOADED: {
    status: 503,
    title: 'Muitos lançamentos ao mesmo tempo',
    action: 'Espere o tempo indicado e envie de novo, com a mesma chave.',
    en: { title: 'Too many entries at once', action: 'Wait for the time stated and send it again, with the same key.' },
  },
});
