import { defineErrors } from '#platform/errors.ts';

/** Every way the ledger says no. Codes are stable; a refused command carries one of them as data, a refused request as a problem. */
export const refuseLedger = defineErrors({
  LEDGER_ACCOUNT_NOT_FOUND: {
    status: 404,
    title: 'Conta contábil não encontrada',
    action: 'Confira o identificador da conta.',
    en: { title: 'Ledger account not found', action: 'Check the identifier of the account.' },
  },
  LEDGER_ACCOUNT_CONFLICT: {
    status: 409,
    title: 'Conta já aberta com outra configuração',
    action: 'Use outro identificador: a configuração de uma conta não muda depois de aberta.',
    en: {
      title: 'Account already opened with another configuration',
      action: 'Use another identifier: the configuration of an account does not change once it is open.',
    },
  },
  LEDGER_TRANSFER_NOT_FOUND: {
    status: 404,
    title: 'Lançamento não encontrado',
    action: 'Confira o identificador do lançamento.',
    en: { title: 'Transfer not found', action: 'Check the identifier of the transfer.' },
  },
  LEDGER_COMMAND_MALFORMED: {
    status: 400,
    title: 'Comando malformado',
    action: 'Corrija o campo apontado e envie de novo.',
    en: { title: 'Malformed command', action: 'Correct the field named and send it again.' },
  },
  LEDGER_CURSOR_INVALID: {
    status: 400,
    title: 'Cursor inválido',
    action: 'Recomece da primeira página.',
    en: { title: 'Invalid cursor', action: 'Start again from the first page.' },
  },
  LEDGER_COSIF_INVALID: {
    status: 422,
    title: 'Código COSIF inválido',
    action: 'Confira o dígito de controle e envie os 8 ou 10 dígitos sem pontos.',
    en: { title: 'Invalid COSIF code', action: 'Check the check digit and send the 8 or 10 digits without dots.' },
  },
  LEDGER_QUERY_INVALID: {
    status: 400,
    title: 'Consulta inválida',
    action: 'Retire um dos critérios que não combinam.',
    en: { title: 'Invalid query', action: 'Leave out one of the criteria that do not go together.' },
  },
  LEDGER_RECORD_DETACHED: {
    status: 409,
    title: 'O identificador já foi usado num mês arquivado',
    action: 'Procure o lançamento na exportação do mês, ou use um identificador novo para um comando novo.',
    en: {
      title: 'The identifier was used in an archived month',
      action: 'Look for the record in the export of that month, or use a new identifier for a new command.',
    },
  },
  LEDGER_OVERLOADED: {
    status: 503,
    title: 'O livro está recebendo comandos demais',
    action: 'Repita com os mesmos identificadores em instantes.',
    en: { title: 'The ledger is receiving too many commands', action: 'Repeat with the same identifiers in a moment.' },
  },
  LEDGER_OUTCOME_UNKNOWN: {
    status: 503,
    title: 'O banco de dados não respondeu',
    action: 'Repita com os mesmos identificadores: o que já foi gravado não se repete.',
    en: { title: 'The database did not answer', action: 'Repeat with the same identifiers: what was written is not written twice.' },
  },
  LEDGER_CLOCK_AHEAD: {
    status: 503,
    title: 'O relógio deste servidor está adiantado',
    action: 'Repita com os mesmos identificadores: nada foi gravado. Quem opera precisa acertar o relógio do servidor.',
    en: {
      title: "This server's clock is ahead",
      action: 'Repeat with the same identifiers: nothing was written. The operator has to set the clock of the server.',
    },
  },
  LEDGER_HOLD_NOT_FOUND: {
    status: 404,
    title: 'Reserva não encontrada',
    action: 'Confira o identificador da reserva.',
    en: { title: 'Hold not found', action: 'Check the identifier of the hold.' },
  },
  LEDGER_DIRECTIVE_NOT_FOUND: {
    status: 404,
    title: 'Comando de conta ou de período não encontrado',
    action: 'Confira o identificador; lançamentos se consultam em /v1/ledger/transfers.',
    en: { title: 'No such command on an account or a period', action: 'Check the identifier; transfers are at /v1/ledger/transfers.' },
  },
  LEDGER_ASSET_CONFLICT: {
    status: 409,
    title: 'Ativo já cadastrado com outro número de casas decimais',
    action: 'Use outro código de ativo: as casas decimais não mudam depois de informadas.',
    en: {
      title: 'Asset already registered with another number of decimals',
      action: 'Use another asset code: decimals do not change once they are said.',
    },
  },

  LEDGER_ID_CONFLICT: {
    status: 409,
    title: 'Identificador já usado com outro conteúdo',
    action: 'Use um identificador novo para um comando novo, ou repita o conteúdo original.',
    en: {
      title: 'Identifier already used with other content',
      action: 'Use a new identifier for a new command, or repeat the original content.',
    },
  },
  LEDGER_DEBIT_ACCOUNT_UNKNOWN: {
    status: 422,
    title: 'Conta de débito desconhecida',
    action: 'Abra a conta antes, ou corrija debitAccountId.',
    en: { title: 'Unknown debit account', action: 'Open the account first, or correct debitAccountId.' },
  },
  LEDGER_CREDIT_ACCOUNT_UNKNOWN: {
    status: 422,
    title: 'Conta de crédito desconhecida',
    action: 'Abra a conta antes, ou corrija creditAccountId.',
    en: { title: 'Unknown credit account', action: 'Open the account first, or correct creditAccountId.' },
  },
  LEDGER_SAME_ACCOUNT: {
    status: 422,
    title: 'Débito e crédito na mesma conta',
    action: 'Informe duas contas diferentes.',
    en: { title: 'Debit and credit on the same account', action: 'Give two different accounts.' },
  },
  LEDGER_ASSET_MISMATCH: {
    status: 422,
    title: 'Contas de ativos diferentes',
    action: 'Use duas contas do mesmo ativo.',
    en: { title: 'Accounts of different assets', action: 'Use two accounts of the same asset.' },
  },
  LEDGER_AMOUNT_ZERO: {
    status: 422,
    title: 'Valor zero',
    action: 'Informe um valor maior que zero.',
    en: { title: 'Amount of zero', action: 'Give an amount of more than zero.' },
  },
  LEDGER_AMOUNT_TOO_LARGE: {
    status: 422,
    title: 'Valor acima de 38 dígitos',
    action: 'Divida a operação em valores menores.',
    en: { title: 'Amount of more than 38 digits', action: 'Split the operation into smaller amounts.' },
  },
  LEDGER_BALANCE_OVERFLOW: {
    status: 422,
    title: 'O saldo passaria de 38 dígitos',
    action: 'Use outra conta: esta chegou ao maior total que o livro guarda.',
    en: {
      title: 'The balance would pass 38 digits',
      action: 'Use another account: this one has reached the largest total the ledger keeps.',
    },
  },
  LEDGER_INSUFFICIENT_FUNDS: {
    status: 422,
    title: 'Saldo insuficiente',
    action: 'Use um valor menor ou espere entrar dinheiro.',
    en: { title: 'Insufficient funds', action: 'Use a smaller amount or wait until money comes in.' },
  },
  LEDGER_CREDIT_LIMIT_EXCEEDED: {
    status: 422,
    title: 'O crédito passaria do que a conta tem a débito',
    action: 'Use um valor menor: esta conta não pode ficar credora além do limite.',
    en: {
      title: 'The credit would pass what the account has in debits',
      action: 'Use a smaller amount: this account may not be in credit beyond its limit.',
    },
  },
  LEDGER_EFFECTIVE_IN_FUTURE: {
    status: 422,
    title: 'Data de efeito no futuro',
    action: 'Envie o lançamento quando a data chegar.',
    en: { title: 'Effective date in the future', action: 'Send the transfer when the date has come.' },
  },
  LEDGER_EXPIRY_IN_PAST: {
    status: 422,
    title: 'A reserva já nasceria vencida',
    action: 'Informe um vencimento no futuro.',
    en: { title: 'The hold would be born expired', action: 'Give an expiry in the future.' },
  },
  LEDGER_HOLD_UNKNOWN: {
    status: 422,
    title: 'Reserva desconhecida',
    action: 'Confira holdId.',
    en: { title: 'Unknown hold', action: 'Check holdId.' },
  },
  LEDGER_NOT_A_HOLD: {
    status: 422,
    title: 'O lançamento indicado não é uma reserva',
    action: 'Confira holdId.',
    en: { title: 'What holdId names is no hold', action: 'Check holdId.' },
  },
  LEDGER_HOLD_EXPIRED: {
    status: 422,
    title: 'A reserva venceu',
    action: 'Faça uma nova reserva.',
    en: { title: 'The hold has expired', action: 'Place a new hold.' },
  },
  LEDGER_HOLD_NOT_EXPIRED: {
    status: 422,
    title: 'A reserva ainda não venceu',
    action: 'Libere com outro motivo, ou espere o vencimento.',
    en: { title: 'The hold has not expired yet', action: 'Release it for another reason, or wait until it expires.' },
  },
  LEDGER_HOLD_ALREADY_SETTLED: {
    status: 422,
    title: 'A reserva já foi liquidada',
    action: 'Consulte a liquidação; para devolver, lance o contrário.',
    en: { title: 'The hold was settled already', action: 'Look up the settlement; to give back, reverse it.' },
  },
  LEDGER_HOLD_ALREADY_RELEASED: {
    status: 422,
    title: 'A reserva já foi liberada',
    action: 'Faça uma nova reserva.',
    en: { title: 'The hold was released already', action: 'Place a new hold.' },
  },
  LEDGER_SETTLE_EXCEEDS_HOLD: {
    status: 422,
    title: 'A liquidação passa do valor reservado',
    action: 'Liquide até o valor da reserva.',
    en: { title: 'The settlement passes the amount held', action: 'Settle up to the amount of the hold.' },
  },
  LEDGER_HOLD_REFERENCE_MISMATCH: {
    status: 422,
    title: 'A reserva responde a outra referência',
    action: 'Repita em reference o número do processo ou do pedido MED com que a reserva foi feita.',
    en: {
      title: 'The hold answers to another reference',
      action: 'Repeat in reference the number of the case or MED request that the hold was placed with.',
    },
  },
  LEDGER_HOLD_OF_ANOTHER: {
    status: 403,
    title: 'A reserva é de outro',
    action: 'Peça a quem fez a reserva, nomeado em placedBy, que a liquide ou libere.',
    en: { title: 'The hold is of somebody else', action: 'Ask whoever placed the hold, named in placedBy, to settle or release it.' },
  },
  LEDGER_NOTHING_TO_MOVE: {
    status: 422,
    title: 'O limite não deixa nada a mover',
    action: 'Espere entrar dinheiro, ou envie sem balancing para saber quanto falta.',
    en: {
      title: 'The limit leaves nothing to move',
      action: 'Wait until money comes in, or send it without balancing to learn how much is missing.',
    },
  },
  LEDGER_TRANSFER_UNKNOWN: {
    status: 422,
    title: 'Lançamento desconhecido',
    action: 'Confira transferId.',
    en: { title: 'Unknown transfer', action: 'Check transferId.' },
  },
  LEDGER_NOT_REVERSIBLE: {
    status: 422,
    title: 'O que foi indicado não se estorna',
    action: 'Estorne o lançamento ou a liquidação; uma reserva se libera, e um estorno se desfaz com um lançamento novo.',
    en: {
      title: 'What was named cannot be reversed',
      action: 'Reverse the transfer or the settlement; a hold is released, and a reversal is undone by a new transfer.',
    },
  },
  LEDGER_REVERSE_EXCEEDS: {
    status: 422,
    title: 'O estorno passa do que resta do lançamento',
    action: 'Estorne até o que resta, ou omita amountMinor para estornar o resto.',
    en: {
      title: 'The reversal passes what is left of the transfer',
      action: 'Reverse up to what is left, or leave amountMinor out to reverse the rest.',
    },
  },
  LEDGER_EFFECTIVE_BEFORE_ORIGINAL: {
    status: 422,
    title: 'Efeito anterior ao do lançamento de origem',
    action: 'Use uma data de efeito igual ou posterior à da reserva ou do lançamento de origem, ou omita effectiveAt.',
    en: {
      title: 'Effective before the original',
      action: 'Use an effective date no earlier than that of the hold or the original transfer, or leave effectiveAt out.',
    },
  },
  LEDGER_ACCOUNT_UNKNOWN: {
    status: 422,
    title: 'Conta desconhecida',
    action: 'Abra a conta antes, ou corrija accountId.',
    en: { title: 'Unknown account', action: 'Open the account first, or correct accountId.' },
  },
  LEDGER_ACCOUNT_FROZEN: {
    status: 422,
    title: 'Conta bloqueada para saídas',
    action: 'Desbloqueie a conta com um comando account, ou liquide uma reserva feita antes do bloqueio.',
    en: {
      title: 'Account frozen for what goes out',
      action: 'Open the account with an account command, or settle a hold placed before it was frozen.',
    },
  },
  LEDGER_ACCOUNT_CLOSED: {
    status: 422,
    title: 'Conta encerrada',
    action: 'Use outra conta, ou reabra esta com um comando account.',
    en: { title: 'Account closed', action: 'Use another account, or reopen this one with an account command.' },
  },
  LEDGER_ACCOUNT_NOT_EMPTY: {
    status: 422,
    title: 'A conta a encerrar tem saldo ou reserva aberta',
    action: 'Num bloco atômico, encerre as reservas e mova o saldo (balancing) antes de encerrar a conta.',
    en: {
      title: 'The account to be closed has a balance or an open hold',
      action: 'In an atomic block, end the holds and move the balance (balancing) before you close the account.',
    },
  },
  LEDGER_PERIOD_CLOSED: {
    status: 422,
    title: 'Data de efeito em período fechado',
    action: 'Use uma data de efeito posterior ao fechamento, ou omita effectiveAt.',
    en: { title: 'Effective date in a closed period', action: 'Use an effective date after the close, or leave effectiveAt out.' },
  },
  LEDGER_PERIOD_ALREADY_CLOSED: {
    status: 422,
    title: 'O período já está fechado',
    action: 'Nada a fazer: um fechamento não volta atrás.',
    en: { title: 'The period is closed already', action: 'Nothing to do: a close does not go back.' },
  },
  LEDGER_PERIOD_NOT_OVER: {
    status: 422,
    title: 'O período ainda não terminou',
    action: 'Feche até ontem (data de São Paulo).',
    en: { title: 'The period is not over yet', action: 'Close up to yesterday (date in São Paulo).' },
  },
  LEDGER_BLOCK_MIXED: {
    status: 409,
    title: 'Parte do bloco já foi respondida antes',
    action: 'Nada foi feito agora. Envie só o que falta, com identificadores novos, ou o bloco original sem mudanças.',
    en: {
      title: 'Part of the block was answered before',
      action: 'Nothing was done now. Send only what is missing, with new identifiers, or the original block unchanged.',
    },
  },
  LEDGER_CONDITION_NOT_MET: {
    status: 422,
    title: 'O saldo que resultaria não atende à condição',
    action: 'Mude o valor ou a condição (onlyIf), com um identificador novo.',
    en: {
      title: 'The balance that would result does not meet the condition',
      action: 'Change the amount or the condition (onlyIf), with a new identifier.',
    },
  },
  LEDGER_ACCOUNT_BLOCKED: {
    status: 422,
    title: 'Conta bloqueada para entradas e saídas',
    action: 'Desbloqueie a conta com um comando account, ou use outra conta.',
    en: {
      title: 'Account blocked for what comes in and goes out',
      action: 'Open the account with an account command, or use another account.',
    },
  },
  LEDGER_CHAIN_FAILED: {
    status: 422,
    title: 'Outro comando do mesmo bloco foi recusado',
    action: 'Corrija o comando recusado e envie o bloco inteiro com identificadores novos.',
    en: {
      title: 'Another command of the same block was refused',
      action: 'Correct the command that was refused and send the whole block with new identifiers.',
    },
  },
});

/** A code that a refused command can carry. */
export type LedgerCode = keyof (typeof refuseLedger)['specs'];

export function noAccount(id: string): Error {
  return refuseLedger('LEDGER_ACCOUNT_NOT_FOUND', { detail: { pt: `Não há conta ${id}.`, en: `There is no account ${id}.` } });
}
