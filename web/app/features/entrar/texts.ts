import { defineProblems, defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  login: {
    h1: ['Entre na sua conta', 'Sign in to your account'],
    sub: ['Use seu CPF ou e-mail.', 'Use your CPF or e-mail.'],
    login: ['CPF ou e-mail', 'CPF or e-mail'],
    badLogin: ['Digite um CPF válido ou um e-mail.', 'Type a valid CPF or an e-mail.'],
    password: ['Senha', 'Password'],
    showPassword: ['Mostrar senha', 'Show password'],
    hidePassword: ['Ocultar senha', 'Hide password'],
    submit: ['Entrar', 'Sign in'],
    passkey: ['Entrar com chave de acesso', 'Sign in with a passkey'],
    busy: ['Entrando…', 'Signing in…'],
    none: ['Ainda não tem conta?', 'No account yet?'],
    create: ['Criar conta', 'Create account'],
    restart: ['Começar de novo', 'Start again'],
    quote: ['Um lugar para cada real, e cada real no seu lugar.', 'A place for every real, and every real in its place.'],
    quoteSub: [
      'O Lastro mostra cada passo do seu dinheiro enquanto ele acontece.',
      'Lastro shows each step of your money while it happens.',
    ],
  },
  second: {
    h1: ['Confirme que é você', 'Confirm that it is you'],
    sub: {
      passkey: ['Use a sua chave de acesso.', 'Use your passkey.'],
      totp: ['Digite o código de seis números do seu aplicativo.', 'Type the six-digit code of your app.'],
      'recovery-code': [
        'Digite um dos códigos de recuperação que você guardou. Depois será preciso cadastrar uma nova segunda etapa.',
        'Type one of the recovery codes you kept. Afterwards you will have to add a new second factor.',
      ],
    },
    label: {
      passkey: ['Chave de acesso', 'Passkey'],
      totp: ['Código do aplicativo', 'Code of the app'],
      'recovery-code': ['Código de recuperação', 'Recovery code'],
    },
    use: {
      passkey: ['Usar a chave de acesso', 'Use the passkey'],
      totp: ['Usar o código do aplicativo', 'Use the code of the app'],
      'recovery-code': ['Usar um código de recuperação', 'Use a recovery code'],
    },
    recoveryHint: ['Dez letras e números, como 7k2mq-x9f4t.', 'Ten letters and digits, such as 7k2mq-x9f4t.'],
  },
  reset: {
    forgot: ['Esqueci a senha', 'I forgot my password'],
    h1: ['Crie uma senha nova', 'Set a new password'],
    sub: [
      'Digite seu CPF ou e-mail. Se houver uma conta, enviamos um código.',
      'Type your CPF or e-mail. If there is an account, we send a code.',
    ],
    sent: [
      'Se houver uma conta com e-mail confirmado, o código chega em instantes. Ele vale por dez minutos, só nesta página.',
      'If there is an account with a confirmed e-mail, the code arrives in moments. It is good for ten minutes, on this page only.',
    ],
    ask: ['Enviar o código', 'Send the code'],
    code: ['Código do e-mail', 'Code of the e-mail'],
    codeHint: ['Oito letras e números, como 7K2M-9XQ4.', 'Eight letters and digits, such as 7K2M-9XQ4.'],
    next: ['Senha nova', 'New password'],
    nextHint: [
      'Ao menos 12 caracteres: três palavras que nada têm em comum são boas.',
      'At least 12 characters: three words that have nothing in common are good.',
    ],
    finish: ['Trocar a senha', 'Change password'],
    none: ['Não chegou?', 'Nothing came?'],
    again: ['Pedir outro código', 'Ask for another code'],
    known: ['Lembrou a senha?', 'Remembered it?'],
    done: ['Senha trocada. Entre com a nova.', 'Password changed. Sign in with the new one.'],
  },
  signUp: {
    h1: ['Crie sua conta', 'Create your account'],
    sub: ['Leva um minuto. Sua chave Pix sai na hora.', 'It takes a minute. You get your Pix key at once.'],
    name: ['Nome completo', 'Full name'],
    nameHint: ['Como está no seu documento.', 'As in your document.'],
    badName: ['Digite nome e sobrenome.', 'Type first name and surname.'],
    cpf: ['CPF', 'CPF'],
    badCpf: ['Este CPF não é válido. Confira os números.', 'This CPF is not valid. Check the numbers.'],
    company: [
      'Este é o CNPJ de uma empresa. Abra primeiro a sua conta, com o CPF; a da empresa se abre depois, em Contas.',
      'This is a company’s CNPJ. Open your own account first, with your CPF; the company’s is opened afterwards, under Accounts.',
    ],
    email: ['E-mail', 'E-mail'],
    badEmail: ['Este e-mail não parece certo. Exemplo: nome@exemplo.com.br', 'This e-mail does not look right. Example: name@example.com'],
    password: ['Crie uma senha', 'Create a password'],
    rules: ['A senha precisa ter:', 'The password needs:'],
    ruleLength: ['12 caracteres ou mais', '12 characters or more'],
    ruleVaried: ['4 caracteres diferentes ou mais', '4 different characters or more'],
    rulePersonal: ['sem o seu CPF nem o seu e-mail', 'without your CPF or e-mail'],
    ruleOk: ['cumprido', 'met'],
    ruleMissing: ['falta', 'missing'],
    badPassword: ['A senha ainda não cumpre todas as regras.', 'The password does not meet all rules yet.'],
    submit: ['Criar conta', 'Create account'],
    busy: ['Criando sua conta…', 'Creating your account…'],
    have: ['Já tem conta?', 'Have an account?'],
    signIn: ['Entrar', 'Sign in'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    login: (typeof texts)['login'];
    second: (typeof texts)['second'];
    reset: (typeof texts)['reset'];
    signUp: (typeof texts)['signUp'];
  }
}

/** What happened, and what to do, by the code of the refusal; codes not here show the server's own words. */
defineProblems({
  IDENTITY_CODE_REFUSED: {
    title: ['O código não confere', 'The code does not match'],
    text: [
      'Espere o próximo código do aplicativo e digite-o. Cada código vale uma vez.',
      'Wait for the next code of the app and type it. Each code counts once.',
    ],
  },
  IDENTITY_MAILED_CODE_REFUSED: {
    title: ['O código não confere ou venceu', 'The code does not match or has expired'],
    text: [
      'Confira o código do e-mail mais recente. Depois de cinco tentativas, peça outro.',
      'Check the code of the newest e-mail. After five tries, ask for another.',
    ],
  },
  IDENTITY_BAD_CREDENTIALS: {
    title: ['Não foi possível entrar', 'We could not sign you in'],
    text: [
      'CPF, e-mail ou senha não conferem. Confira e tente de novo.',
      'CPF, e-mail or password do not match. Check them and try again.',
    ],
  },
  IDENTITY_ACCOUNT_EXISTS: {
    title: ['Não foi possível abrir a conta com estes dados', 'The account could not be opened with these data'],
    text: [
      'Se você já tem conta, entre com a sua senha. Se não tem, confira o CPF e o e-mail.',
      'If you have one already, sign in with your password. If not, check the CPF and the e-mail.',
    ],
  },
  IDENTITY_COMPANY_LATER: {
    title: ['A primeira conta é de uma pessoa', 'The first account is a person’s'],
    text: [
      'Abra primeiro a sua conta, com o CPF; a da empresa se abre depois, em Contas.',
      'Open your own account first, with your CPF; the company’s is opened afterwards, under Accounts.',
    ],
  },
  IDENTITY_CPF_TAKEN: {
    title: ['Já existe conta com este CPF', 'There is an account with this CPF'],
    text: ['Já existe uma conta com este CPF. Entre com ela.', 'An account with this CPF exists already. Sign in with it.'],
  },
  IDENTITY_EMAIL_TAKEN: {
    title: ['Este e-mail já tem conta', 'This e-mail has an account'],
    text: ['Este e-mail já está em uso. Entre, ou use outro.', 'This e-mail is in use. Sign in, or use another one.'],
  },
  IDENTITY_INVALID_CPF: {
    title: ['CPF inválido', 'Invalid CPF'],
    text: ['Este CPF não é válido. Confira os números.', 'This CPF is not valid. Check the numbers.'],
  },
  IDENTITY_WEAK_PASSWORD: {
    title: ['Senha fraca', 'Weak password'],
    text: ['Escolha uma senha mais forte: mais longa, e que não seja comum.', 'Choose a stronger password: longer, and not a common one.'],
  },
  IDENTITY_INVALID_EMAIL: {
    title: ['E-mail inválido', 'Invalid e-mail'],
    text: ['Confira o endereço de e-mail.', 'Check the e-mail address.'],
  },
  IDENTITY_INVALID_NAME: {
    title: ['Nome inválido', 'Invalid name'],
    text: ['Digite o seu nome completo, de 2 a 120 caracteres.', 'Type your full name, 2 to 120 characters.'],
  },
  IDENTITY_LOGIN_ENDED: {
    title: ['Esta tentativa de entrar venceu', 'This sign-in has ended'],
    text: ['Por segurança, ela vale por pouco tempo. Comece de novo.', 'For your safety it lasts only a short time. Start again.'],
  },
});
