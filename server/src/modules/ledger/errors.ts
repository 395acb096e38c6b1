import { defineErrors } from '#platform/errors.ts';

/** Every way the ledger says no. Codes are stable; a refused command carries one of them as data, a refused request as a problem. */
export const refuseLedger = defineErrors({
  LEDGER_ACCOUNT_NOT_FOUND: { status: 404, title: 'Conta contábil não encontrada', action: 'Confira o identificador da conta.' },
  LEDGER_ACCOUNT_CONFLICT: {
    status: 409,
    title: 'Conta já aberta com outra configuração',
    action: 'Use outro identificador: a configuração de uma conta não muda depois de aberta.',
  },
  LEDGER_TRANSFER_NOT_FOUND: { status: 404, title: 'Lançamento não encontrado', action: 'Confira o identificador do lançamento.' },
  LEDGER_COMMAND_MALFORMED: { status: 400, title: 'Comando malformado', action: 'Corrija o campo apontado e envie de novo.' },
  LEDGER_CURSOR_INVALID: { status: 400, title: 'Cursor inválido', action: 'Recomece da primeira página.' },
  LEDGER_COSIF_INVALID: {
    status: 422,
    title: 'Código COSIF inválido',
    action: 'Confira o dígito de controle e envie os 8 ou 10 dígitos sem pontos.',
  },
  LEDGER_QUERY_INVALID: { status: 400, title: 'Consulta inválida', action: 'Retire um dos critérios que não combinam.' },
  LEDGER_RECORD_DETACHED: {
    status: 409,
    title: 'O identificador já foi usado num mês arquivado',
    action: 'Procure o lançamento na exportação do mês, ou use um identificador novo para um comando novo.',
  },
  LEDGER_OVERLOADED: {
    status: 503,
    title: 'O livro está recebendo comandos demais',
    action: 'Repita com os mesmos identificadores em instantes.',
  },
  LEDGER_OUTCOME_UNKNOWN: {
    status: 503,
    title: 'O banco de dados não respondeu',
    action: 'Repita com os mesmos identificadores: o que já foi gravado não se repete.',
  },

  LEDGER_ID_CONFLICT: {
    status: 409,
    title: 'Identificador já usado com outro conteúdo',
    action: 'Use um identificador novo para um comando novo, ou repita o conteúdo original.',
  },
  LEDGER_DEBIT_ACCOUNT_UNKNOWN: {
    status: 422,
    title: 'Conta de débito desconhecida',
    action: 'Abra a conta antes, ou corrija debitAccountId.',
  },
  LEDGER_CREDIT_ACCOUNT_UNKNOWN: {
    status: 422,
    title: 'Conta de crédito desconhecida',
    action: 'Abra a conta antes, ou corrija creditAccountId.',
  },
  LEDGER_SAME_ACCOUNT: { status: 422, title: 'Débito e crédito na mesma conta', action: 'Informe duas contas diferentes.' },
  LEDGER_ASSET_MISMATCH: { status: 422, title: 'Contas de ativos diferentes', action: 'Use duas contas do mesmo ativo.' },
  LEDGER_AMOUNT_ZERO: { status: 422, title: 'Valor zero', action: 'Informe um valor maior que zero.' },
  LEDGER_AMOUNT_TOO_LARGE: { status: 422, title: 'Valor acima de 38 dígitos', action: 'Divida a operação em valores menores.' },
  LEDGER_BALANCE_OVERFLOW: {
    status: 422,
    title: 'O saldo passaria de 38 dígitos',
    action: 'Use outra conta: esta chegou ao maior total que o livro guarda.',
  },
  LEDGER_INSUFFICIENT_FUNDS: { status: 422, title: 'Saldo insuficiente', action: 'Use um valor menor ou espere entrar dinheiro.' },
  LEDGER_CREDIT_LIMIT_EXCEEDED: {
    status: 422,
    title: 'O crédito passaria do que a conta tem a débito',
    action: 'Use um valor menor: esta conta não pode ficar credora além do limite.',
  },
  LEDGER_EFFECTIVE_IN_FUTURE: { status: 422, title: 'Data de efeito no futuro', action: 'Envie o lançamento quando a data chegar.' },
  LEDGER_EXPIRY_IN_PAST: { status: 422, title: 'A reserva já nasceria vencida', action: 'Informe um vencimento no futuro.' },
  LEDGER_HOLD_UNKNOWN: { status: 422, title: 'Reserva desconhecida', action: 'Confira holdId.' },
  LEDGER_NOT_A_HOLD: { status: 422, title: 'O lançamento indicado não é uma reserva', action: 'Confira holdId.' },
  LEDGER_HOLD_EXPIRED: { status: 422, title: 'A reserva venceu', action: 'Faça uma nova reserva.' },
  LEDGER_HOLD_NOT_EXPIRED: { status: 422, title: 'A reserva ainda não venceu', action: 'Libere com outro motivo, ou espere o vencimento.' },
  LEDGER_HOLD_ALREADY_SETTLED: {
    status: 422,
    title: 'A reserva já foi liquidada',
    action: 'Consulte a liquidação; para devolver, lance o contrário.',
  },
  LEDGER_HOLD_ALREADY_RELEASED: { status: 422, title: 'A reserva já foi liberada', action: 'Faça uma nova reserva.' },
  LEDGER_SETTLE_EXCEEDS_HOLD: { status: 422, title: 'A liquidação passa do valor reservado', action: 'Liquide até o valor da reserva.' },
  LEDGER_HOLD_REFERENCE_MISMATCH: {
    status: 422,
    title: 'A reserva responde a outra referência',
    action: 'Repita em reference o número do processo ou do pedido MED com que a reserva foi feita.',
  },
  LEDGER_NOTHING_TO_MOVE: {
    status: 422,
    title: 'O limite não deixa nada a mover',
    action: 'Espere entrar dinheiro, ou envie sem balancing para saber quanto falta.',
  },
  LEDGER_TRANSFER_UNKNOWN: { status: 422, title: 'Lançamento desconhecido', action: 'Confira transferId.' },
  LEDGER_NOT_REVERSIBLE: {
    status: 422,
    title: 'O que foi indicado não se estorna',
    action: 'Estorne o lançamento ou a liquidação; uma reserva se libera, e um estorno se desfaz com um lançamento novo.',
  },
  LEDGER_REVERSE_EXCEEDS: {
    status: 422,
    title: 'O estorno passa do que resta do lançamento',
    action: 'Estorne até o que resta, ou omita amountMinor para estornar o resto.',
  },
  LEDGER_EFFECTIVE_BEFORE_ORIGINAL: {
    status: 422,
    title: 'Efeito anterior ao do lançamento de origem',
    action: 'Use uma data de efeito igual ou posterior à da reserva ou do lançamento de origem, ou omita effectiveAt.',
  },
  LEDGER_ACCOUNT_UNKNOWN: { status: 422, title: 'Conta desconhecida', action: 'Abra a conta antes, ou corrija accountId.' },
  LEDGER_ACCOUNT_FROZEN: {
    status: 422,
    title: 'Conta bloqueada para saídas',
    action: 'Desbloqueie a conta com um comando account, ou liquide uma reserva feita antes do bloqueio.',
  },
  LEDGER_ACCOUNT_CLOSED: { status: 422, title: 'Conta encerrada', action: 'Use outra conta, ou reabra esta com um comando account.' },
  LEDGER_ACCOUNT_NOT_EMPTY: {
    status: 422,
    title: 'A conta a encerrar tem saldo ou reserva aberta',
    action: 'Num bloco atômico, encerre as reservas e mova o saldo (balancing) antes de encerrar a conta.',
  },
  LEDGER_PERIOD_CLOSED: {
    status: 422,
    title: 'Data de efeito em período fechado',
    action: 'Use uma data de efeito posterior ao fechamento, ou omita effectiveAt.',
  },
  LEDGER_PERIOD_ALREADY_CLOSED: { status: 422, title: 'O período já está fechado', action: 'Nada a fazer: um fechamento não volta atrás.' },
  LEDGER_PERIOD_NOT_OVER: { status: 422, title: 'O período ainda não terminou', action: 'Feche até ontem (data de São Paulo).' },
  LEDGER_CHAIN_FAILED: {
    status: 422,
    title: 'Outro comando do mesmo bloco foi recusado',
    action: 'Corrija o comando recusado e envie o bloco inteiro com identificadores novos.',
  },
});

/** A code that a refused command can carry. */
export type LedgerCode = keyof (typeof refuseLedger)['specs'];
