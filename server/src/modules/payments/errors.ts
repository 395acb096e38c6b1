import { defineErrors } from '#platform/errors.ts';
import { DEVOLUCAO_ERRORS } from './devolucao/errors.ts';
import type { BrCodeError } from './domain/br-code.ts';
import type { KeySlip } from './domain/typed-key.ts';
import { PAYER_ERRORS } from './payer/errors.ts';

const COPY_AGAIN = 'Copie o código de novo, por inteiro, de quem vai receber.';
const COPY_AGAIN_EN = 'Copy the code again, all of it, from whoever is to receive.';

/** Every way payments say no. */
export const refusePayments = defineErrors({
  ...DEVOLUCAO_ERRORS,
  ...PAYER_ERRORS,
  PAYMENTS_NOT_FOUND: {
    status: 404,
    title: 'Pagamento não encontrado',
    action: 'Confira o identificador do pagamento.',
    en: { title: 'Payment not found', action: 'Check the identifier of the payment.' },
  },
  PAYMENTS_NO_ACCOUNT: {
    status: 404,
    title: 'Conta não encontrada',
    action: 'Confira a pessoa, ou espere a conta ser aberta.',
    en: { title: 'Account not found', action: 'Check the person, or wait until the account is opened.' },
  },
  PAYMENTS_ACCOUNT_OPENING: {
    status: 409,
    title: 'Sua conta ainda está sendo aberta',
    action: 'Tente de novo em instantes.',
    en: { title: 'Your account is still being opened', action: 'Try again in a moment.' },
  },
  PAYMENTS_QUOTE_NOT_FOUND: {
    status: 404,
    title: 'Código não encontrado',
    action: 'Leia o código Pix de novo.',
    en: { title: 'Code not found', action: 'Read the Pix code again.' },
  },
  PAYMENTS_QUOTE_EXPIRED: {
    status: 410,
    title: 'A leitura do código venceu',
    action: 'Leia o código Pix de novo: a leitura vale dez minutos.',
    en: { title: 'The reading of the code has expired', action: 'Read the Pix code again: a reading is valid for ten minutes.' },
  },
  PAYMENTS_QUOTE_USED: {
    status: 409,
    title: 'Este código já foi confirmado',
    action: 'Veja o pagamento no extrato; para pagar outra vez, leia o código de novo.',
    en: { title: 'This code was confirmed already', action: 'See the payment in the statement; to pay once more, read the code again.' },
  },
  PAYMENTS_AMOUNT_INVALID: {
    status: 422,
    title: 'Valor inválido',
    action: 'Informe um valor maior que zero, em centavos.',
    en: { title: 'Invalid amount', action: 'Give an amount of more than zero, in centavos.' },
  },
  PAYMENTS_AMOUNT_FIXED: {
    status: 422,
    title: 'O valor deste código não pode mudar',
    action: 'Pague o valor que o código traz.',
    en: { title: 'The amount of this code cannot change', action: 'Pay the amount the code carries.' },
  },
  PAYMENTS_TO_SELF: {
    status: 422,
    title: 'A chave é da sua própria conta',
    action: 'Use a chave de outra conta.',
    en: { title: 'The key is that of your own account', action: 'Use the key of another account.' },
  },
  PAYMENTS_NOT_SETTLED: {
    status: 409,
    title: 'Este Pix não foi concluído',
    action: 'Só há comprovante de um Pix concluído.',
    en: { title: 'This Pix was not completed', action: 'There is a receipt only for a Pix that was completed.' },
  },
  PAYMENTS_NOT_IN_REVIEW: {
    status: 409,
    title: 'O pagamento não está em análise',
    action: 'Consulte o estado atual do pagamento.',
    en: { title: 'The payment is not in review', action: 'Look up the current state of the payment.' },
  },
  PAYMENTS_DIFFERENCE_NOT_FOUND: {
    status: 404,
    title: 'Diferença não encontrada, ou já encerrada',
    action: 'Confira a lista do que está aberto.',
    en: { title: 'Difference not found, or over already', action: 'Check the list of what is open.' },
  },
  PAYMENTS_TAKES_TWO: {
    status: 403,
    title: 'Esta decisão pede duas pessoas',
    action: 'Peça a aprovação; outro operador decide.',
    en: { title: 'This decision takes two people', action: 'Ask for approval; another operator decides.' },
  },
  PAYMENTS_NOT_FOR_PEOPLE: {
    status: 409,
    title: 'O pagamento não espera por uma decisão',
    action: 'Consulte o estado atual do pagamento: só os contestados e os parados são decididos por pessoas.',
    en: {
      title: 'The payment does not wait for a decision',
      action: 'Look up the current state of the payment: only disputed and stuck ones are decided by people.',
    },
  },
  PAYMENTS_NOTHING_DUE: {
    status: 409,
    title: 'Não há nada a tentar de novo neste pagamento',
    action: 'Consulte o estado atual do pagamento; um contestado espera por uma decisão.',
    en: {
      title: 'There is nothing to try again in this payment',
      action: 'Look up the current state of the payment; a disputed one waits for a decision.',
    },
  },
  PAYMENTS_PROVIDER_BUSY: {
    status: 503,
    title: 'O provedor do Pix está lento, e muitos pagamentos esperam',
    action: 'Tente de novo em instantes com a mesma chave de idempotência. Nada foi cobrado.',
    en: {
      title: 'The Pix provider is slow, and many payments are waiting',
      action: 'Try again in a moment with the same idempotency key. Nothing was charged.',
    },
  },
  PAYMENTS_NO_CONNECTION: {
    status: 503,
    title: 'O envio de Pix está parado no momento',
    action: 'Tente de novo mais tarde com a mesma chave de idempotência. Nada foi cobrado.',
    en: {
      title: 'Sending Pix stands still at the moment',
      action: 'Try again later with the same idempotency key. Nothing was charged.',
    },
  },
  PAYMENTS_RECEIPT_NOT_FOUND: {
    status: 404,
    title: 'Recebimento não encontrado',
    action: 'Confira o identificador do recebimento.',
    en: { title: 'Receipt not found', action: 'Check the identifier of the receipt.' },
  },
  PAYMENTS_RECEIPT_NOT_STANDING: {
    status: 409,
    title: 'O recebimento não está parado',
    action:
      'Consulte o estado atual: só se decide, e uma vez, sobre o que está sem dono, com valor diferente ou com a devolução recusada; e cada um tem suas decisões.',
    en: {
      title: 'The receipt does not stand still',
      action:
        'Look up its current state: only what has no owner, another amount or a refused return is decided, once; and each has decisions of its own.',
    },
  },
  PAYMENTS_RECEIPT_NEEDS_PERSON: {
    status: 422,
    title: 'Falta dizer de quem é o dinheiro',
    action: 'Informe subjectId.',
    en: { title: 'It is not said whose the money is', action: 'Give subjectId.' },
  },
  PAYMENTS_OVERLOADED: {
    status: 503,
    title: 'Muitos pagamentos ao mesmo tempo',
    action: 'Tente de novo em instantes com a mesma chave de idempotência.',
    en: { title: 'Too many payments at the same time', action: 'Try again in a moment with the same idempotency key.' },
  },
  PAYMENTS_SANDBOX_ONLY: {
    status: 404,
    title: 'Disponível só no ambiente de testes',
    action: 'Use um Pix de verdade.',
    en: { title: 'Available in the sandbox only', action: 'Use a real Pix.' },
  },
  PAYMENTS_ACCOUNT_REQUIRED: {
    status: 400,
    title: 'Diga de qual conta',
    action: 'Mande o id da conta no cabeçalho Lastro-Account.',
    en: { title: 'Say of which account', action: 'Send the id of the account in the header Lastro-Account.' },
  },
  PAYMENTS_WEBHOOK_UNPROVED: {
    status: 401,
    title: 'Assinatura inválida',
    action: 'Assine o corpo exato com o segredo e a hora certa.',
    en: { title: 'Invalid signature', action: 'Sign the exact body with the secret and the right time.' },
  },
  PAYMENTS_WEBHOOK_MALFORMED: {
    status: 400,
    title: 'Aviso malformado',
    action: 'Envie id, type, at e data.endToEndId.',
    en: { title: 'Malformed notice', action: 'Send id, type, at and data.endToEndId.' },
  },

  PIX_BR_CODE_EMPTY: {
    status: 422,
    title: 'Falta o código Pix',
    action: 'Cole o código do Pix copia e cola, ou uma chave Pix.',
    en: { title: 'The Pix code is missing', action: 'Paste the Pix code, or a Pix key.' },
  },
  PIX_BR_CODE_TOO_LONG: {
    status: 422,
    title: 'Código Pix longo demais',
    action: COPY_AGAIN,
    en: { title: 'Pix code too long', action: COPY_AGAIN_EN },
  },
  PIX_BR_CODE_BAD_CRC: {
    status: 422,
    title: 'O código Pix foi alterado ou copiado com falhas',
    action: COPY_AGAIN,
    en: { title: 'The Pix code was altered or copied with faults', action: COPY_AGAIN_EN },
  },
  PIX_BR_CODE_MALFORMED: {
    status: 422,
    title: 'Código Pix malformado',
    action: COPY_AGAIN,
    en: { title: 'Malformed Pix code', action: COPY_AGAIN_EN },
  },
  PIX_BR_CODE_NOT_PIX: {
    status: 422,
    title: 'Isto não é um código Pix',
    action: 'Cole um Pix copia e cola ou uma chave Pix.',
    en: { title: 'This is no Pix code', action: 'Paste a Pix code or a Pix key.' },
  },
  PIX_BR_CODE_FIELD_INVALID: {
    status: 422,
    title: 'O código Pix tem um campo inválido',
    action: 'Peça um código novo a quem vai receber.',
    en: { title: 'The Pix code has an invalid field', action: 'Ask the payee for a new code.' },
  },
  PIX_BR_CODE_CURRENCY: {
    status: 422,
    title: 'O código não está em reais',
    action: 'Peça um código em reais a quem vai receber.',
    en: { title: 'The code is not in reais', action: 'Ask the payee for a code in reais.' },
  },
  PIX_BR_CODE_RECURRENCE_UNSUPPORTED: {
    status: 422,
    title: 'Pix Automático ainda não é aceito',
    action: 'Peça um código de pagamento único a quem vai receber.',
    en: { title: 'Pix Automático is not accepted yet', action: 'Ask the payee for a code of a single payment.' },
  },
  PIX_BR_CODE_WITHDRAWAL_UNSUPPORTED: {
    status: 422,
    title: 'Pix Saque e Pix Troco ainda não são aceitos',
    action: 'Para pagar uma compra, peça um código de pagamento a quem vai receber.',
    en: { title: 'Pix Saque and Pix Troco are not accepted yet', action: 'To pay for a purchase, ask the payee for a payment code.' },
  },
  PIX_KEY_CPF_INVALID: {
    status: 422,
    title: 'Este CPF não existe',
    action: 'Confira os 11 dígitos com quem vai receber.',
    en: { title: 'There is no such CPF', action: 'Check the 11 digits with the payee.' },
  },
  PIX_KEY_CNPJ_INVALID: {
    status: 422,
    title: 'Este CNPJ não existe',
    action: 'Confira os 14 caracteres com quem vai receber.',
    en: { title: 'There is no such CNPJ', action: 'Check the 14 characters with the payee.' },
  },
  PIX_KEY_PHONE_INVALID: {
    status: 422,
    title: 'Este não é um celular com DDD',
    action: 'Escreva o DDD e os nove dígitos, como (11) 98765-4321; de outro país, comece com + e o código do país.',
    en: {
      title: 'This is no mobile phone with an area code',
      action: 'Write the area code and the nine digits, as in (11) 98765-4321; for another country begin with + and its code.',
    },
  },
  PIX_KEY_EMAIL_INVALID: {
    status: 422,
    title: 'Este e-mail está malformado',
    action: 'Confira o endereço com quem vai receber.',
    en: { title: 'This e-mail is malformed', action: 'Check the address with the payee.' },
  },
  PIX_KEY_EVP_INVALID: {
    status: 422,
    title: 'Esta chave aleatória está incompleta ou alterada',
    action: 'Copie-a de novo: são 32 letras de a até f e números, em cinco grupos.',
    en: { title: 'This random key is incomplete or altered', action: 'Copy it again: 32 letters from a to f and digits, in five groups.' },
  },
  PIX_BOLETO_UNSUPPORTED: {
    status: 422,
    title: 'Isto é um boleto, e não um Pix',
    action: 'Boletos ainda não são pagos aqui. Se o boleto traz um QR Code do Pix, cole o código dele.',
    en: {
      title: 'This is a boleto, not a Pix',
      action: 'Boletos are not paid here yet. If the boleto has a Pix QR code, paste that code.',
    },
  },
  PIX_LOOKUPS_EXHAUSTED: {
    status: 429,
    title: 'Muitas consultas de chaves Pix',
    action: 'Espere o tempo indicado. Cada pagamento feito devolve uma consulta.',
    en: { title: 'Too many look-ups of Pix keys', action: 'Wait for the time stated. Each payment made gives one look-up back.' },
  },
  PIX_KEY_NOT_FOUND: {
    status: 422,
    title: 'Chave Pix não encontrada',
    action: 'Confira a chave com quem vai receber.',
    en: { title: 'Pix key not found', action: 'Check the key with the payee.' },
  },
  PIX_CHARGE_NOT_FOUND: {
    status: 422,
    title: 'Cobrança não encontrada',
    action: 'Peça um código novo a quem vai receber.',
    en: { title: 'Charge not found', action: 'Ask the payee for a new code.' },
  },
  PIX_CHARGE_EXPIRED: {
    status: 422,
    title: 'A cobrança venceu',
    action: 'Peça um código novo a quem vai receber.',
    en: { title: 'The charge has expired', action: 'Ask the payee for a new code.' },
  },
  PIX_CHARGE_PAID: {
    status: 422,
    title: 'A cobrança já foi paga ou cancelada',
    action: 'Confira com quem vai receber.',
    en: { title: 'The charge was paid or cancelled already', action: 'Check with the payee.' },
  },
  PIX_DIRECTORY_UNAVAILABLE: {
    status: 503,
    title: 'A consulta de chaves não respondeu',
    action: 'Tente de novo em instantes. Nada foi cobrado.',
    en: { title: 'The look-up of keys did not answer', action: 'Try again in a moment. Nothing was charged.' },
  },
  PIX_PROVIDER_UNAVAILABLE: {
    status: 503,
    title: 'O provedor do Pix não respondeu',
    action: 'Tente de novo em instantes.',
    en: { title: 'The Pix provider did not answer', action: 'Try again in a moment.' },
  },
});

/** A refused code as the same refusal with our catalogue's title and action. */
export function refuseBrCode(error: BrCodeError) {
  const { en } = refusePayments.specs[error.code];
  return refusePayments(error.code, { detail: { pt: error.detail, en: `${en.title}${error.field ? ` (field ${error.field})` : ''}.` } });
}

const SLIPS = {
  'check-digits': {
    pt: 'Os dígitos verificadores não conferem: algum caractere foi trocado.',
    en: 'The check digits do not match: some character was changed.',
  },
  'or-phone': {
    pt: 'Os dígitos verificadores do CPF não conferem; e, se for um celular, o número depois do DDD começa por 9.',
    en: 'The check digits of the CPF do not match; and if it is a mobile phone, the number after the area code begins with 9.',
  },
  length: {
    pt: 'O tamanho não confere: faltam ou sobram caracteres.',
    en: 'The length is wrong: characters are missing, or there are too many.',
  },
  'no-area-code': {
    pt: 'Falta o DDD.',
    en: 'The area code (DDD) is missing.',
  },
  'unknown-area-code': {
    pt: 'Este DDD não existe.',
    en: 'This area code (DDD) does not exist.',
  },
  'no-ninth-digit': {
    pt: 'Um celular tem nove dígitos depois do DDD, e o primeiro é 9.',
    en: 'A mobile phone has nine digits after the area code, and the first is 9.',
  },
  landline: {
    pt: 'Este é um telefone fixo; a chave Pix é um celular.',
    en: 'This is a landline; a Pix key is a mobile phone.',
  },
  'too-short': {
    pt: 'Faltam dígitos.',
    en: 'Digits are missing.',
  },
  'too-long': {
    pt: 'Há dígitos demais.',
    en: 'There are too many digits.',
  },
  form: {
    pt: 'O formato não confere: há caracteres a mais, a menos ou fora de lugar.',
    en: 'The form is wrong: characters are missing, too many or out of place.',
  },
  boleto: {
    pt: 'O texto é a linha digitável ou o código de barras de um boleto.',
    en: 'The text is the typed line or the barcode of a boleto.',
  },
} as const;

/** What was meant to be a key and has a slip in it, in words of its own. Never repeats what was typed. */
export function refuseSlip({ meant, why }: KeySlip) {
  const code =
    meant === 'boleto' ? 'PIX_BOLETO_UNSUPPORTED' : (`PIX_KEY_${meant.toUpperCase() as Uppercase<typeof meant>}_INVALID` as const);
  return refusePayments(code, { detail: SLIPS[why] });
}
