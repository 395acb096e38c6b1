import { defineErrors } from '#platform/errors.ts';

/** Every refusal of this module, by its stable code. */
export const refuse = defineErrors({
  IDENTITY_BAD_CREDENTIALS: {
    status: 401,
    title: 'CPF, e-mail ou senha não conferem',
    action: 'Confira os dados e tente de novo.',
    en: { title: 'CPF, e-mail or password do not match', action: 'Check what you typed and try again.' },
  },
  IDENTITY_TOO_MANY_ATTEMPTS: {
    status: 429,
    title: 'Muitas tentativas de entrar',
    action: 'Espere o tempo indicado e tente de novo.',
    en: { title: 'Too many attempts to log in', action: 'Wait for the time stated and try again.' },
  },
  IDENTITY_LOGIN_ENDED: {
    status: 410,
    title: 'Esta tentativa de entrar venceu',
    action: 'Comece de novo pela página inicial.',
    en: { title: 'This attempt to log in has expired', action: 'Start again from the home page.' },
  },
  IDENTITY_ACCOUNT_EXISTS: {
    status: 409,
    title: 'Não foi possível abrir a conta com estes dados',
    action: 'Se você já tem conta, entre com a sua senha. Se não tem, confira o CPF e o e-mail.',
    en: {
      title: 'The account could not be opened with these data',
      action: 'If you have an account already, log in with your password. If not, check the CPF and the e-mail.',
    },
  },
  IDENTITY_COMPANY_LATER: {
    status: 422,
    title: 'A primeira conta é de uma pessoa',
    action: 'Abra primeiro a sua conta, com o CPF; a da empresa se abre depois, em Contas.',
    en: {
      title: "The first account is a person's",
      action: "Open your own account first, with your CPF; the company's is opened afterwards, under Accounts.",
    },
  },
  IDENTITY_CPF_TAKEN: {
    status: 409,
    title: 'Já existe uma conta com este CPF',
    action: 'Entre com a sua senha.',
    en: { title: 'There is an account with this CPF already', action: 'Log in with your password.' },
  },
  IDENTITY_EMAIL_TAKEN: {
    status: 409,
    title: 'Já existe uma conta com este e-mail',
    action: 'Entre com a sua senha ou use outro e-mail.',
    en: { title: 'There is an account with this e-mail already', action: 'Log in with your password or use another e-mail.' },
  },
  IDENTITY_INVALID_CPF: {
    status: 422,
    title: 'CPF inválido',
    action: 'Confira os 11 dígitos do CPF.',
    en: { title: 'Invalid CPF', action: 'Check the 11 digits of the CPF.' },
  },
  IDENTITY_INVALID_EMAIL: {
    status: 422,
    title: 'E-mail inválido',
    action: 'Confira o endereço de e-mail.',
    en: { title: 'Invalid e-mail', action: 'Check the e-mail address.' },
  },
  IDENTITY_INVALID_NAME: {
    status: 422,
    title: 'Nome inválido',
    action: 'Informe o seu nome completo, de 2 a 120 caracteres.',
    en: { title: 'Invalid name', action: 'Give your full name, of 2 to 120 characters.' },
  },
  IDENTITY_WEAK_PASSWORD: {
    status: 422,
    title: 'Senha fraca',
    action:
      'Use ao menos 12 caracteres, sem os seus dados e sem palavras comuns seguidas de números: três palavras que nada têm em comum são boas.',
    en: {
      title: 'Weak password',
      action:
        'Use at least 12 characters, without your own data and without common words followed by numbers: three words that have nothing in common are good.',
    },
  },
  IDENTITY_CODE_REFUSED: {
    status: 401,
    title: 'O código não confere',
    action: 'Espere o próximo código do aplicativo e digite-o. Cada código vale uma vez.',
    en: { title: 'The code does not match', action: 'Wait for the next code of the app and type it. Each code counts once.' },
  },
  IDENTITY_MAILED_CODE_REFUSED: {
    status: 422,
    title: 'O código não confere ou venceu',
    action: 'Confira o código do e-mail mais recente. Depois de cinco tentativas, peça outro.',
    en: {
      title: 'The code does not match or has expired',
      action: 'Check the code of the newest e-mail. After five tries, ask for another.',
    },
  },
  IDENTITY_PASSKEY_REFUSED: {
    status: 400,
    title: 'A chave de acesso não foi aceita',
    action: 'Comece de novo neste mesmo endereço, com uma chave cadastrada.',
    en: { title: 'The passkey was not accepted', action: 'Start again at this very address, with a passkey that was added here.' },
  },
  IDENTITY_LAST_FACTOR: {
    status: 409,
    title: 'Esta é a sua única segunda etapa',
    action: 'Cadastre outra antes de remover esta.',
    en: { title: 'This is your only second factor', action: 'Add another one before you remove this one.' },
  },
  IDENTITY_FACTOR_UNKNOWN: {
    status: 404,
    title: 'Esta segunda etapa não existe mais',
    action: 'Atualize a tela de segurança.',
    en: { title: 'This factor is no more', action: 'Reload the security screen.' },
  },
  IDENTITY_PROOF_REFUSED: {
    status: 403,
    title: 'Não foi possível confirmar que é você',
    action: 'Confira a senha ou o código e tente de novo.',
    en: { title: 'That it is you could not be confirmed', action: 'Check the password or the code and try again.' },
  },
  IDENTITY_LOCKED: {
    status: 409,
    title: 'Sua conta está travada',
    action: 'Destrave a conta primeiro; a segunda etapa se cadastra depois.',
    en: { title: 'Your account is locked', action: 'Unlock it first; a second factor is added afterwards.' },
  },
  IDENTITY_NOT_LOCKED: {
    status: 409,
    title: 'A conta não está travada',
    action: 'Entre de novo para usar a conta.',
    en: { title: 'The account is not locked', action: 'Log in again to use the account.' },
  },
  IDENTITY_SAME_PASSWORD: {
    status: 422,
    title: 'A senha nova é igual à atual',
    action: 'Escolha uma senha diferente.',
    en: { title: 'The new password is the present one', action: 'Choose another password.' },
  },
  IDENTITY_PERSON_NOT_FOUND: {
    status: 404,
    title: 'Pessoa não encontrada',
    action: 'Confira o identificador.',
    en: { title: 'Person not found', action: 'Check the identifier.' },
  },
  IDENTITY_ROLE_UNKNOWN: {
    status: 400,
    title: 'Não há esse papel',
    action: 'Escolha ao menos um dos papéis que existem.',
    en: { title: 'There is no such role', action: 'Choose at least one of the roles there are.' },
  },
  IDENTITY_OPERATOR_EXISTS: {
    status: 409,
    title: 'Já há um operador com este e-mail',
    action: 'Mude os papéis de quem já existe.',
    en: { title: 'There is an operator with this e-mail', action: 'Change the roles of the one there is.' },
  },
  IDENTITY_OPERATOR_CHANGED: {
    status: 409,
    title: 'O operador mudou desde que foi lido',
    action: 'Leia de novo e repita a mudança, se ainda a quiser.',
    en: { title: 'The operator changed since it was read', action: 'Read it again, and repeat the change if you still want it.' },
  },
  IDENTITY_LAST_ADMIN: {
    status: 409,
    title: 'É o último administrador',
    action: 'Faça de outro operador um administrador antes.',
    en: { title: 'This is the last admin', action: 'Make another operator an admin first.' },
  },
  IDENTITY_DEVICE_UNKNOWN: {
    status: 404,
    title: 'Este aparelho não é conhecido',
    action: 'Atualize a tela de segurança. Se é o aparelho em que você está, saia e entre de novo.',
    en: { title: 'This device is not known', action: 'Reload the security screen. If it is the one you are on, log out and in again.' },
  },
  IDENTITY_FACTOR_WAITS: {
    status: 403,
    title: 'A segunda etapa ainda não reconhece aparelhos',
    action:
      'Cadastre uma segunda etapa em um aparelho conhecido, ou espere um dia pela que cadastrou em um novo. O código por e-mail vale já.',
    en: {
      title: 'There is no second factor that recognises devices yet',
      action: 'Add a second factor on a known device, or wait a day for one added on a new device. The code by e-mail counts at once.',
    },
  },
  IDENTITY_EMAIL_UNPROVED: {
    status: 403,
    title: 'O seu e-mail não está confirmado',
    action: 'Confirme o e-mail na tela de segurança.',
    en: { title: 'Your e-mail address is not confirmed', action: 'Confirm it on the security screen.' },
  },
  IDENTITY_MAIL_TOO_SOON: {
    status: 403,
    title: 'A senha foi redefinida por e-mail há pouco',
    action: 'Por um dia o e-mail não reconhece aparelhos. Use a segunda etapa, ou espere.',
    en: {
      title: 'The password was reset by e-mail a short while ago',
      action: 'For a day, e-mail recognises no devices. Use the second factor, or wait.',
    },
  },
  IDENTITY_PROOF_NOT_ASKED: {
    status: 409,
    title: 'Esta confirmação não vale mais',
    action: 'Volte ao pagamento e confirme de novo.',
    en: { title: 'This proof is not asked for any more', action: 'Go back to the payment and confirm it again.' },
  },
});
