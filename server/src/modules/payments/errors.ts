import { defineErrors } from '#platform/errors.ts';
import type { BrCodeError } from './domain/br-code.ts';
import type { KeySlip } from './domain/typed-key.ts';

const COPY_AGAIN = 'Copie o código de novo, por inteiro, de quem vai receber.';

/** Every way payments say no. */
export const refusePayments = defineErrors({
  PAYMENTS_NOT_FOUND: { status: 404, title: 'Pagamento não encontrado', action: 'Confira o identificador do pagamento.' },
  PAYMENTS_NO_ACCOUNT: { status: 404, title: 'Conta não encontrada', action: 'Confira a pessoa, ou espere a conta ser aberta.' },
  PAYMENTS_ACCOUNT_OPENING: { status: 409, title: 'Sua conta ainda está sendo aberta', action: 'Tente de novo em instantes.' },
  PAYMENTS_QUOTE_NOT_FOUND: { status: 404, title: 'Código não encontrado', action: 'Leia o código Pix de novo.' },
  PAYMENTS_QUOTE_EXPIRED: {
    status: 410,
    title: 'A leitura do código venceu',
    action: 'Leia o código Pix de novo: a leitura vale dez minutos.',
  },
  PAYMENTS_QUOTE_USED: {
    status: 409,
    title: 'Este código já foi confirmado',
    action: 'Veja o pagamento no extrato; para pagar outra vez, leia o código de novo.',
  },
  PAYMENTS_AMOUNT_INVALID: { status: 422, title: 'Valor inválido', action: 'Informe um valor maior que zero, em centavos.' },
  PAYMENTS_AMOUNT_FIXED: { status: 422, title: 'O valor deste código não pode mudar', action: 'Pague o valor que o código traz.' },
  PAYMENTS_TO_SELF: { status: 422, title: 'A chave é da sua própria conta', action: 'Use a chave de outra conta.' },
  PAYMENTS_NOT_SETTLED: { status: 409, title: 'Este Pix não foi concluído', action: 'Só há comprovante de um Pix concluído.' },
  PAYMENTS_NOT_IN_REVIEW: { status: 409, title: 'O pagamento não está em análise', action: 'Consulte o estado atual do pagamento.' },
  PAYMENTS_NOT_FOR_PEOPLE: {
    status: 409,
    title: 'O pagamento não espera por uma decisão',
    action: 'Consulte o estado atual do pagamento: só os contestados e os parados são decididos por pessoas.',
  },
  PAYMENTS_NOTHING_DUE: {
    status: 409,
    title: 'Não há nada a tentar de novo neste pagamento',
    action: 'Consulte o estado atual do pagamento; um contestado espera por uma decisão.',
  },
  PAYMENTS_PROVIDER_BUSY: {
    status: 503,
    title: 'O provedor do Pix está lento, e muitos pagamentos esperam',
    action: 'Tente de novo em instantes com a mesma chave de idempotência. Nada foi cobrado.',
  },
  PAYMENTS_RECEIPT_NOT_FOUND: { status: 404, title: 'Recebimento não encontrado', action: 'Confira o identificador do recebimento.' },
  PAYMENTS_RECEIPT_NOT_STANDING: {
    status: 409,
    title: 'O recebimento não está parado',
    action: 'Consulte o estado atual: só se decide sobre o que está sem dono ou com valor diferente, e uma vez.',
  },
  PAYMENTS_RECEIPT_NEEDS_PERSON: { status: 422, title: 'Falta dizer de quem é o dinheiro', action: 'Informe subjectId.' },
  PAYMENTS_OVERLOADED: {
    status: 503,
    title: 'Muitos pagamentos ao mesmo tempo',
    action: 'Tente de novo em instantes com a mesma chave de idempotência.',
  },
  PAYMENTS_SANDBOX_ONLY: { status: 404, title: 'Disponível só no ambiente de testes', action: 'Use um Pix de verdade.' },
  PAYMENTS_SUBJECT_REQUIRED: { status: 403, title: 'O token não é de uma pessoa', action: 'Use o token da pessoa dona da conta.' },
  PAYMENTS_WEBHOOK_UNPROVED: { status: 401, title: 'Assinatura inválida', action: 'Assine o corpo exato com o segredo e a hora certa.' },
  PAYMENTS_WEBHOOK_MALFORMED: { status: 400, title: 'Aviso malformado', action: 'Envie id, type, at e data.endToEndId.' },

  PIX_BR_CODE_EMPTY: { status: 422, title: 'Falta o código Pix', action: 'Cole o código do Pix copia e cola, ou uma chave Pix.' },
  PIX_BR_CODE_TOO_LONG: { status: 422, title: 'Código Pix longo demais', action: COPY_AGAIN },
  PIX_BR_CODE_BAD_CRC: { status: 422, title: 'O código Pix foi alterado ou copiado com falhas', action: COPY_AGAIN },
  PIX_BR_CODE_MALFORMED: { status: 422, title: 'Código Pix malformado', action: COPY_AGAIN },
  PIX_BR_CODE_NOT_PIX: { status: 422, title: 'Isto não é um código Pix', action: 'Cole um Pix copia e cola ou uma chave Pix.' },
  PIX_BR_CODE_FIELD_INVALID: {
    status: 422,
    title: 'O código Pix tem um campo inválido',
    action: 'Peça um código novo a quem vai receber.',
  },
  PIX_BR_CODE_CURRENCY: { status: 422, title: 'O código não está em reais', action: 'Peça um código em reais a quem vai receber.' },
  PIX_BR_CODE_RECURRENCE_UNSUPPORTED: {
    status: 422,
    title: 'Pix Automático ainda não é aceito',
    action: 'Peça um código de pagamento único a quem vai receber.',
  },
  PIX_BR_CODE_WITHDRAWAL_UNSUPPORTED: {
    status: 422,
    title: 'Pix Saque e Pix Troco ainda não são aceitos',
    action: 'Para pagar uma compra, peça um código de pagamento a quem vai receber.',
  },
  PIX_KEY_CPF_INVALID: { status: 422, title: 'Este CPF não existe', action: 'Confira os 11 dígitos com quem vai receber.' },
  PIX_KEY_CNPJ_INVALID: { status: 422, title: 'Este CNPJ não existe', action: 'Confira os 14 caracteres com quem vai receber.' },
  PIX_KEY_PHONE_INVALID: {
    status: 422,
    title: 'Este não é um celular com DDD',
    action: 'Escreva o DDD e os nove dígitos, como (11) 98765-4321; de outro país, comece com + e o código do país.',
  },
  PIX_KEY_EMAIL_INVALID: { status: 422, title: 'Este e-mail está malformado', action: 'Confira o endereço com quem vai receber.' },
  PIX_KEY_EVP_INVALID: {
    status: 422,
    title: 'Esta chave aleatória está incompleta ou alterada',
    action: 'Copie-a de novo: são 32 letras de a até f e números, em cinco grupos.',
  },
  PIX_BOLETO_UNSUPPORTED: {
    status: 422,
    title: 'Isto é um boleto, e não um Pix',
    action: 'Boletos ainda não são pagos aqui. Se o boleto traz um QR Code do Pix, cole o código dele.',
  },
  PIX_LOOKUPS_EXHAUSTED: {
    status: 429,
    title: 'Muitas consultas de chaves Pix',
    action: 'Espere o tempo indicado. Cada pagamento feito devolve uma consulta.',
  },
  PIX_KEY_NOT_FOUND: { status: 422, title: 'Chave Pix não encontrada', action: 'Confira a chave com quem vai receber.' },
  PIX_CHARGE_NOT_FOUND: { status: 422, title: 'Cobrança não encontrada', action: 'Peça um código novo a quem vai receber.' },
  PIX_CHARGE_EXPIRED: { status: 422, title: 'A cobrança venceu', action: 'Peça um código novo a quem vai receber.' },
  PIX_CHARGE_PAID: { status: 422, title: 'A cobrança já foi paga ou cancelada', action: 'Confira com quem vai receber.' },
  PIX_DIRECTORY_UNAVAILABLE: {
    status: 503,
    title: 'A consulta de chaves não respondeu',
    action: 'Tente de novo em instantes. Nada foi cobrado.',
  },
  PIX_PROVIDER_UNAVAILABLE: { status: 503, title: 'O provedor do Pix não respondeu', action: 'Tente de novo em instantes.' },
});

/** A refused code as the same refusal with our catalogue's title and action. */
export function refuseBrCode(error: BrCodeError) {
  return refusePayments(error.code, { detail: error.detail });
}

const SLIPS = {
  'check-digits': 'Os dígitos verificadores não conferem: algum caractere foi trocado.',
  'or-phone': 'Os dígitos verificadores do CPF não conferem; e, se for um celular, o número depois do DDD começa por 9.',
  length: 'O tamanho não confere: faltam ou sobram caracteres.',
  'no-area-code': 'Falta o DDD.',
  'unknown-area-code': 'Este DDD não existe.',
  'no-ninth-digit': 'Um celular tem nove dígitos depois do DDD, e o primeiro é 9.',
  landline: 'Este é um telefone fixo; a chave Pix é um celular.',
  'too-short': 'Faltam dígitos.',
  'too-long': 'Há dígitos demais.',
  form: 'O formato não confere: há caracteres a mais, a menos ou fora de lugar.',
  boleto: 'O texto é a linha digitável ou o código de barras de um boleto.',
} as const;

/** What was meant to be a key and has a slip in it, in words of its own. Never repeats what was typed. */
export function refuseSlip({ meant, why }: KeySlip) {
  const code =
    meant === 'boleto' ? 'PIX_BOLETO_UNSUPPORTED' : (`PIX_KEY_${meant.toUpperCase() as Uppercase<typeof meant>}_INVALID` as const);
  return refusePayments(code, { detail: SLIPS[why] });
}
