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
  IDENTITY_KEY_INVALID: {
    status: 401,
    title: 'A chave não existe',
    action: 'Confira se a chave foi copiada inteira. Se foi, crie outra.',
    en: { title: 'There is no such key', action: 'Check that the key was copied as a whole. If it was, make another one.' },
  },
  IDENTITY_KEY_EXPIRED: {
    status: 401,
    title: 'A chave venceu',
    action: 'Crie outra chave, e troque-a da próxima vez antes que vença.',
    en: { title: 'The key has expired', action: 'Make another key, and rotate it before it ends next time.' },
  },
  IDENTITY_KEY_REVOKED: {
    status: 401,
    title: 'A chave foi revogada',
    action: 'Peça outra a quem cuida do sistema.',
    en: { title: 'The key was revoked', action: 'Ask whoever looks after the client for another one.' },
  },
  IDENTITY_KEY_WAITING: {
    status: 401,
    title: 'A chave ainda espera aprovação',
    action: 'Ela vale quando um segundo operador aprovar.',
    en: { title: 'The key waits for an approval', action: 'It counts once a second operator has approved it.' },
  },
  IDENTITY_CLIENT_DISABLED: {
    status: 401,
    title: 'O sistema está desativado',
    action: 'Peça a um operador que o ative.',
    en: { title: 'The client is disabled', action: 'Ask an operator to enable it.' },
  },
  IDENTITY_KEY_ELSEWHERE: {
    status: 403,
    title: 'Esta chave não vale a partir deste endereço',
    action: 'Use-a de uma das redes dela, ou crie outra com a rede certa.',
    en: {
      title: 'This key does not count from this address',
      action: 'Use it from one of its networks, or make one with the right network.',
    },
  },
  IDENTITY_TOO_MANY_WRONG_KEYS: {
    status: 429,
    title: 'Muitas chaves erradas deste endereço',
    action: 'Espere o tempo indicado e use a chave certa.',
    en: { title: 'Too many wrong keys from this address', action: 'Wait for the time stated and use the right key.' },
  },
  IDENTITY_NETWORK_INVALID: {
    status: 422,
    title: 'Rede inválida',
    action: 'Escreva endereços ou redes, como 203.0.113.7, 203.0.113.0/24 ou 2001:db8::/32.',
    en: { title: 'Invalid network', action: 'Write addresses or networks, as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32.' },
  },
  IDENTITY_SCOPE_UNKNOWN: {
    status: 422,
    title: 'Escopo que não existe, ou que o sistema não tem',
    action: 'Escolha entre os escopos do sistema.',
    en: { title: 'A scope that there is not, or that the client does not have', action: 'Choose among the scopes of the client.' },
  },
  IDENTITY_CLIENT_NOT_FOUND: {
    status: 404,
    title: 'Não há esse sistema',
    action: 'Confira o client_id.',
    en: { title: 'There is no such client', action: 'Check the client_id.' },
  },
  IDENTITY_CLIENT_EXISTS: {
    status: 409,
    title: 'Já há um sistema com este nome',
    action: 'Escolha outro nome.',
    en: { title: 'There is a client of this name', action: 'Choose another name.' },
  },
  IDENTITY_CLIENT_NAME_INVALID: {
    status: 422,
    title: 'Nome de sistema inválido',
    action: 'Use letras minúsculas, algarismos e hífens, de 2 a 40, a começar por uma letra.',
    en: { title: 'Invalid name of a client', action: 'Use 2 to 40 lower-case letters, digits and hyphens, and begin with a letter.' },
  },
  IDENTITY_CLIENT_KEYS_INVALID: {
    status: 422,
    title: 'Chaves públicas inválidas',
    action: 'Envie um JWKS com chaves públicas de assinatura: RSA de 2048 bits ou mais, P-256 ou Ed25519, sem partes privadas.',
    en: {
      title: 'Invalid public keys',
      action: 'Send a JWKS of public signing keys: RSA of 2048 bits or more, P-256 or Ed25519, with no private parts.',
    },
  },
  IDENTITY_KEY_NOT_FOUND: {
    status: 404,
    title: 'Não há essa chave',
    action: 'Confira o identificador na lista de chaves do sistema.',
    en: { title: 'There is no such key', action: 'Check the identifier in the list of the keys of the client.' },
  },
  IDENTITY_KEY_REPLACED: {
    status: 409,
    title: 'Esta chave já tem outra no lugar',
    action: 'Troque a mais nova.',
    en: { title: 'Another key has taken the place of this one', action: 'Rotate the newest one.' },
  },
  IDENTITY_KEY_OVER: {
    status: 409,
    title: 'Esta chave não vale mais',
    action: 'Crie outra chave.',
    en: { title: 'This key counts no more', action: 'Make another key.' },
  },
  IDENTITY_KEY_OF_ANOTHER: {
    status: 403,
    title: 'Um sistema só vê, cria e revoga as próprias chaves',
    action: 'Peça a um operador o que é de outro sistema.',
    en: { title: 'A client sees, makes and revokes its own keys alone', action: "Ask an operator for what is another client's." },
  },
  IDENTITY_KEY_MAKES_NO_KEY: {
    status: 403,
    title: 'Uma chave não cria outra',
    action: 'Peça um token com o segredo ou a assinatura do sistema, e crie a chave com ele.',
    en: {
      title: 'A key makes no other key',
      action: 'Ask for a token with the secret or the signature of the client, and make the key with that.',
    },
  },
  IDENTITY_TOO_MANY_KEYS: {
    status: 409,
    title: 'O sistema já tem o máximo de chaves',
    action: 'Revogue as que não são usadas.',
    en: { title: 'The client has as many keys as there may be', action: 'Revoke those that are not used.' },
  },
});
