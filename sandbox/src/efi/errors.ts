import { SandboxError } from '../errors.ts';

/** A refusal with the body that Efí gives it. */
export class EfiRefusal extends SandboxError {
  readonly body: object;
  constructor(status: number, body: { nome: string; mensagem: string } | Problem) {
    super(status, 'nome' in body ? body.nome : body.title, 'nome' in body ? body.mensagem : body.detail);
    this.body = body;
  }
}

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

const BACEN = 'https://pix.bcb.gov.br/api/v2/error';
export const refusal = (status: number, nome: string, mensagem: string): EfiRefusal => new EfiRefusal(status, { nome, mensagem });
export const sentNotFound = (): EfiRefusal =>
  new EfiRefusal(404, {
    type: `${BACEN}/PixEnviadoNaoEncontrado`,
    title: 'Não Encontrado',
    status: 404,
    detail: 'Pix enviado não encontrado para o idEnvio informado.',
  });
export const pixNotFound = (): EfiRefusal => refusal(400, 'pix_nao_encontrado', 'Nenhum pix encontrado para o identificador informado');
export const returnNotFound = (): EfiRefusal =>
  refusal(400, 'devolucao_nao_encontrada', 'Nenhuma devolução encontrada para o identificador informado');

const FORBIDDEN = {
  type: `${BACEN}/AcessoNegado`,
  title: 'Acesso Negado',
  status: 403,
  detail: 'Requisição de participante autenticado que viola alguma regra de autorização.',
};

/** What the institution behind both wires refuses, in Efí's words: status and body. */
export function efiAnswerOf({ statusCode, code, message }: SandboxError): { status: number; body: object } {
  const words = (status: number, nome: string) => ({ status, body: { nome, mensagem: message } });
  switch (code) {
    case 'UNAUTHORIZED':
      return { status: 401, body: { error: 'invalid_token', error_description: 'Invalid or inactive token' } };
    case 'FORBIDDEN':
      return { status: 403, body: FORBIDDEN };
    case 'E2E_CONFLICT':
    case 'DUPLICATE':
    case 'AM05':
      return words(409, 'id_envio_duplicado');
    case 'RETURN_CONFLICT':
      return words(409, 'devolucao_id_duplicado');
    case 'INVALID_KEY':
      return words(400, 'chave_invalida');
    case 'INVALID_PAYEE':
    case 'RETURN_EXCEEDS_RECEIPT':
    case 'RETURN_OF_RETURN':
      return words(400, 'valor_invalido');
    case 'RECEIPT_UNKNOWN':
      return words(400, 'pix_nao_encontrado');
    case 'INVALID_REQUEST':
      return words(400, 'json_invalido');
    default:
      return words(statusCode, statusCode >= 500 ? 'erro_aplicacao' : code.toLowerCase());
  }
}
