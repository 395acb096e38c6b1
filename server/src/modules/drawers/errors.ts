import { defineErrors } from '#platform/errors.ts';

/** Every refusal of this module, by its stable code. */
export const refuseDrawers = defineErrors({
  DRAWERS_UNKNOWN: {
    status: 404,
    title: 'Este caixa não existe na loja, ou foi arquivado',
    action: 'Escolha um caixa da loja.',
    en: { title: 'The shop has no such drawer, or it is archived', action: 'Choose a drawer of the shop.' },
  },
  DRAWERS_PLACE_UNKNOWN: {
    status: 422,
    title: 'A conta de origem não existe na loja, ou foi arquivada',
    action: 'Escolha uma conta da loja, como o cofre.',
    en: { title: 'The shop has no such place, or it is archived', action: 'Choose a place of the shop, such as the safe.' },
  },
  DRAWERS_PLACE_IS_DRAWER: {
    status: 422,
    title: 'De um caixa não se passa dinheiro direto para outro',
    action: 'Faça uma sangria para o cofre e um suprimento do cofre.',
    en: {
      title: 'Cash does not go from one drawer straight into another',
      action: 'Withdraw it to the safe, and supply the other drawer from there.',
    },
  },
  DRAWERS_STORE_UNKNOWN: {
    status: 404,
    title: 'Esta filial não existe na loja',
    action: 'Escolha uma filial da loja.',
    en: { title: 'The shop has no such store', action: 'Choose a store of the shop.' },
  },
  DRAWERS_ZONE_UNKNOWN: {
    status: 422,
    title: 'Este fuso horário não existe',
    action: 'Use um nome da base tz, como America/Sao_Paulo.',
    en: { title: 'There is no such time zone', action: 'Use a name of the tz database, such as America/Sao_Paulo.' },
  },
  DRAWERS_ALREADY_OPEN: {
    status: 409,
    title: 'O caixa já está aberto',
    action: 'Use a sessão aberta, ou feche-a antes de abrir outra.',
    en: { title: 'The drawer is open already', action: 'Use the open session, or close it before you open another.' },
  },
  DRAWERS_SESSION_NOT_FOUND: {
    status: 404,
    title: 'Sessão de caixa não encontrada',
    action: 'Confira a sessão e a loja.',
    en: { title: 'Session not found', action: 'Check the session and the shop.' },
  },
  DRAWERS_SESSION_CLOSED: {
    status: 409,
    title: 'A sessão está fechada',
    action: 'Abra o caixa de novo. Uma venda que já aconteceu, envie como venda sem conexão.',
    en: { title: 'The session is closed', action: 'Open the drawer again. A sale that has happened already is sent as an offline sale.' },
  },
  DRAWERS_BEING_COUNTED: {
    status: 409,
    title: 'O caixa está em conferência',
    action: 'Feche esta sessão e abra outra para continuar vendendo.',
    en: { title: 'The drawer is being counted', action: 'Close this session and open another to go on selling.' },
  },
  DRAWERS_ANOTHER_OPERATOR: {
    status: 403,
    title: 'A sessão é de outra pessoa',
    action: 'Troca de operador é fechar e abrir. Um titular pode fazer por ela.',
    en: { title: 'The session is somebody else’s', action: 'A change of operator is to close and open. An owner can do it for them.' },
  },
  DRAWERS_MOVEMENT_INVALID: {
    status: 422,
    title: 'O movimento não fecha',
    action: 'Corrija o que o detalhe aponta.',
    en: { title: 'The movement does not hold together', action: 'Correct what the detail says.' },
  },
  DRAWERS_REFUSED: {
    status: 422,
    title: 'Os livros recusaram o movimento',
    action: 'Veja o código no detalhe: uma conta ou categoria pode não existir mais.',
    en: { title: 'The books refused the movement', action: 'See the code in the detail: a place or category may exist no more.' },
  },
  DRAWERS_MOVEMENT_NOT_FOUND: {
    status: 404,
    title: 'Movimento não encontrado nesta sessão',
    action: 'Confira o movimento.',
    en: { title: 'No such movement in this session', action: 'Check the movement.' },
  },
  DRAWERS_ALREADY_VOIDED: {
    status: 409,
    title: 'O movimento já foi estornado, ou não se estorna',
    action: 'Lance de novo o que for preciso.',
    en: { title: 'The movement was taken back already, or cannot be', action: 'Record again what is needed.' },
  },
  DRAWERS_COUNT_TWICE: {
    status: 422,
    title: 'A contagem repete uma cédula ou um meio',
    action: 'Informe cada um uma vez.',
    en: { title: 'The count names a denomination or a method twice', action: 'Name each once.' },
  },
  DRAWERS_NOT_COUNTED: {
    status: 409,
    title: 'O caixa ainda não foi contado',
    action: 'Conte o dinheiro e os comprovantes antes de fechar. Uma diferença não impede o fechamento.',
    en: {
      title: 'The drawer has not been counted yet',
      action: 'Count cash and slips before you close. A difference does not stop the closing.',
    },
  },
  DRAWERS_COUNT_STALE: {
    status: 409,
    title: 'Algo entrou ou saiu depois da contagem',
    action: 'Conte de novo.',
    en: { title: 'Something came or went after the count', action: 'Count again.' },
  },
  DRAWERS_REASON_REQUIRED: {
    status: 422,
    title: 'Há uma diferença: diga o motivo',
    action: 'Envie o motivo. "Não sei" também é um motivo; a diferença fica registrada.',
    en: {
      title: 'There is a difference: say why',
      action: 'Send the reason. "I do not know" is one, too; the difference stays on record.',
    },
  },
  DRAWERS_LEAVES_TOO_MUCH: {
    status: 422,
    title: 'Não há tanto dinheiro no caixa',
    action: 'Deixe no máximo o que foi contado.',
    en: { title: 'There is not so much in the drawer', action: 'Leave at most what was counted.' },
  },
  DRAWERS_NOT_CLOSED: {
    status: 409,
    title: 'A sessão ainda não foi fechada',
    action: 'Espere o fechamento.',
    en: { title: 'The session has not been closed yet', action: 'Wait until it is closed.' },
  },
  DRAWERS_OWN_SESSION: {
    status: 403,
    title: 'Outra pessoa confere',
    action: 'Quem abriu ou fechou o caixa não confere a própria sessão.',
    en: { title: 'Somebody else reviews it', action: 'Who opened or closed the drawer does not review their own session.' },
  },
  DRAWERS_SALE_NOT_FOUND: {
    status: 404,
    title: 'Venda atrasada não encontrada',
    action: 'Confira o identificador.',
    en: { title: 'Late sale not found', action: 'Check its id.' },
  },
  DRAWERS_ALREADY_DECIDED: {
    status: 409,
    title: 'Já foi decidido de outra forma',
    action: 'Veja a decisão registrada.',
    en: { title: 'It was decided otherwise already', action: 'See the decision on record.' },
  },
  DRAWERS_NO_SESSION: {
    status: 409,
    title: 'O caixa não está aberto',
    action: 'Abra o caixa antes, ou decida de outra forma.',
    en: { title: 'The drawer is not open', action: 'Open the drawer before, or decide otherwise.' },
  },
  DRAWERS_DEPOSIT_NOT_FOUND: {
    status: 404,
    title: 'Depósito não encontrado',
    action: 'Confira o identificador.',
    en: { title: 'Deposit not found', action: 'Check its id.' },
  },
  DRAWERS_DEPOSIT_CREDITED: {
    status: 409,
    title: 'O depósito já foi creditado em outra conta ou em outro dia',
    action: 'Veja o depósito.',
    en: { title: 'The deposit was credited elsewhere or on another day', action: 'See the deposit.' },
  },
});
