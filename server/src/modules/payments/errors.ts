import { defineErrors } from '#platform/errors.ts';
import type { BrCodeError } from './domain/br-code.ts';

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
  PAYMENTS_NOT_IN_REVIEW: { status: 409, title: 'O pagamento não está em análise', action: 'Consulte o estado atual do pagamento.' },
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
