import { defineErrors } from '#platform/errors.ts';

/** Every refusal of this module, by its stable code. */
export const refuse = defineErrors({
  IDENTITY_BAD_CREDENTIALS: {
    status: 401,
    title: 'CPF, e-mail ou senha não conferem',
    action: 'Confira os dados e tente de novo.',
  },
  IDENTITY_TOO_MANY_ATTEMPTS: {
    status: 429,
    title: 'Muitas tentativas de entrar',
    action: 'Espere o tempo indicado e tente de novo.',
  },
  IDENTITY_LOGIN_ENDED: {
    status: 410,
    title: 'Esta tentativa de entrar venceu',
    action: 'Comece de novo pela página inicial.',
  },
  IDENTITY_ACCOUNT_EXISTS: {
    status: 409,
    title: 'Não foi possível abrir a conta com estes dados',
    action: 'Se você já tem conta, entre com a sua senha. Se não tem, confira o CPF e o e-mail.',
  },
  IDENTITY_COMPANY_LATER: {
    status: 422,
    title: 'Por enquanto só pessoas abrem conta',
    action: 'Contas de empresas vêm depois. Informe o CPF de uma pessoa, com 11 dígitos.',
  },
  IDENTITY_CPF_TAKEN: { status: 409, title: 'Já existe uma conta com este CPF', action: 'Entre com a sua senha.' },
  IDENTITY_EMAIL_TAKEN: { status: 409, title: 'Já existe uma conta com este e-mail', action: 'Entre com a sua senha ou use outro e-mail.' },
  IDENTITY_INVALID_CPF: { status: 422, title: 'CPF inválido', action: 'Confira os 11 dígitos do CPF.' },
  IDENTITY_INVALID_EMAIL: { status: 422, title: 'E-mail inválido', action: 'Confira o endereço de e-mail.' },
  IDENTITY_INVALID_NAME: { status: 422, title: 'Nome inválido', action: 'Informe o seu nome completo, de 2 a 120 caracteres.' },
  IDENTITY_WEAK_PASSWORD: {
    status: 422,
    title: 'Senha fraca',
    action:
      'Use ao menos 12 caracteres, sem os seus dados e sem palavras comuns seguidas de números: três palavras que nada têm em comum são boas.',
  },
  IDENTITY_PERSON_NOT_FOUND: { status: 404, title: 'Pessoa não encontrada', action: 'Confira o identificador.' },
});
