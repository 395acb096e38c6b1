import { defineProblems, defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  app: {
    home: ['Lastro: Início', 'Lastro: Home'],
    tagline: ['Conta e Pix com cada passo à vista', 'Account and Pix with every step in sight'],
    skip: ['Pular para o conteúdo', 'Skip to content'],
    sandbox: ['Ambiente de testes: nenhum dinheiro real é movido', 'Sandbox: no real money moves'],
    sandboxShort: ['Testes', 'Sandbox'],
    newBuild: ['Há uma versão nova do Lastro.', 'There is a new version of Lastro.'],
    update: ['Atualizar', 'Update'],
    nav: ['Navegação principal', 'Main navigation'],
    more: ['Mais', 'More'],
  },
  prefs: {
    layer: ['Menu da conta', 'Account menu'],
    menu: ['{name}: tema, idioma e sair', '{name}: theme, language and sign out'],
    theme: ['Tema', 'Theme'],
    system: ['Do sistema', 'System'],
    light: ['Claro', 'Light'],
    dark: ['Escuro', 'Dark'],
    toDark: ['Usar tema escuro', 'Use dark theme'],
    toLight: ['Usar tema claro', 'Use light theme'],
    lang: ['Switch to English', 'Mudar para português'],
    langShort: ['English', 'Português'],
    hide: ['Ocultar valores', 'Hide amounts'],
    show: ['Mostrar valores', 'Show amounts'],
    hiddenAmount: ['valor oculto', 'amount hidden'],
    security: ['Segurança', 'Security'],
    privacy: ['Privacidade', 'Privacy'],
    logout: ['Sair', 'Sign out'],
  },
  accounts: {
    own: ['Minha conta', 'My account'],
    switch: ['Trocar de conta', 'Switch account'],
    more: ['Todas as contas e abrir outra', 'All accounts, and open another'],
    stranger: ['Você não participa desta conta, ou não participa mais.', 'You are no member of this account, or no longer one.'],
    toOwn: ['Ir para a minha conta', 'Go to my account'],
    role: {
      owner: ['Titular', 'Owner'],
      operator: ['Caixa', 'Cashier'],
      accountant: ['Contabilidade', 'Accountant'],
      viewer: ['Só consulta', 'View only'],
    },
  },
  money: {
    plus: ['entrada de', 'in'],
    minus: ['saída de', 'out'],
  },
  common: {
    cancel: ['Cancelar', 'Cancel'],
    dayAtHour: ['{d} às {h}', '{d} at {h}'],
    gotIt: ['Entendi', 'Got it'],
    retry: ['Tentar de novo', 'Try again'],
    close: ['Fechar', 'Close'],
    copy: ['Copiar', 'Copy'],
    copied: ['Copiado', 'Copied'],
    copyFailed: ['Não foi possível copiar. Selecione o texto e copie.', 'Could not copy. Select the text and copy it.'],
    loading: ['Carregando…', 'Loading…'],
    today: ['Hoje', 'Today'],
    yesterday: ['Ontem', 'Yesterday'],
    unavailable: ['sem dado ainda', 'no figure yet'],
    required: ['Preencha este campo.', 'Fill in this field.'],
  },
  live: {
    offline: ['Sem internet. Os valores podem estar desatualizados.', 'You are offline. Amounts may be out of date.'],
    reconnecting: ['Reconectando… Os valores podem estar desatualizados.', 'Reconnecting… Amounts may be out of date.'],
    now: ['Reconectar agora', 'Reconnect now'],
  },
  session: {
    warn: ['Sua sessão termina em {t}.', 'Your session ends in {t}.'],
    stay: ['Continuar conectado', 'Stay signed in'],
    over: ['Sua sessão terminou', 'Your session ended'],
    ended: {
      expired: [
        'Ela termina com 30 minutos sem uso, e 12 horas depois da entrada. Entre de novo para continuar de onde parou.',
        'It ends after 30 minutes without use, and 12 hours after you signed in. Sign in again to go on where you were.',
      ],
      revoked: [
        'Ela foi encerrada por segurança: o acesso que você tinha foi cancelado. Entre de novo para continuar.',
        'It was ended for your safety: the access you had was withdrawn. Sign in again to go on.',
      ],
      replaced: [
        'Você entrou de novo, em outra janela ou outro aparelho. Entre de novo para continuar aqui.',
        'You signed in again, in another window or on another device. Sign in again to go on here.',
      ],
      logout: [
        'Você saiu em outra janela deste navegador. Entre de novo para continuar de onde parou.',
        'You signed out in another window of this browser. Sign in again to go on where you were.',
      ],
      'other-browser': [
        'Ela foi aberta em outro navegador, e só vale nele. Entre de novo neste.',
        'It was opened in another browser and counts only there. Sign in again in this one.',
      ],
    },
    lastAccess: ['Último acesso: {t}', 'Last sign-in: {t}'],
    elsewhere: [
      'Outro navegador tentou usar esta sessão e foi recusado. Se não foi você, saia e entre de novo.',
      'Another browser tried to use this session and was refused. If it was not you, sign out and in again.',
    ],
  },
  amount: {
    negative: ['“{x}” é um valor negativo. Informe quanto quer pagar.', '“{x}” is a negative amount. Enter how much you want to pay.'],
    foreign: [
      'Não sabemos se em “{x}” a vírgula separa milhares ou centavos. Escreva como no Brasil: 1.000,50.',
      'We cannot tell whether the comma in “{x}” parts thousands or cents. Write it the Brazilian way: 1.000,50.',
    ],
    tooLarge: ['“{x}” passa do maior valor possível, R$ 999.999.999,99.', '“{x}” is above the largest amount possible, R$ 999.999.999,99.'],
    none: [
      'Não entendemos “{x}” como um valor em reais. Exemplo: 1.000,50.',
      'We do not understand “{x}” as an amount in reais. Example: 1.000,50.',
    ],
  },
  notFound: {
    h1: ['Esta página não existe', 'This page does not exist'],
    sub: ['O endereço pode ter mudado, ou foi digitado com algum erro.', 'The address may have changed, or has a typing error.'],
    home: ['Ir para o início', 'Go to the home page'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    accounts: (typeof texts)['accounts'];
    money: (typeof texts)['money'];
    notFound: (typeof texts)['notFound'];
    app: (typeof texts)['app'];
    prefs: (typeof texts)['prefs'];
    common: (typeof texts)['common'];
    live: (typeof texts)['live'];
    session: (typeof texts)['session'];
    amount: (typeof texts)['amount'];
  }
}

/** What happened, and what to do, by the code of the refusal; codes not here show the server's own words. */
defineProblems({
  IDENTITY_PASSKEY_REFUSED: {
    title: ['A chave de acesso não foi aceita', 'The passkey was not accepted'],
    text: ['Comece de novo, com uma chave cadastrada nesta conta.', 'Start again, with a passkey of this account.'],
  },
  WEB_PASSKEY_CANCELLED: {
    title: ['A chave de acesso não respondeu', 'The passkey did not answer'],
    text: ['O pedido foi fechado ou o tempo acabou. Tente de novo.', 'The request was closed or took too long. Try again.'],
  },
  WEB_OFFLINE_UNSENT: {
    title: ['Você está sem internet', 'You are offline'],
    text: [
      'O pagamento não foi enviado e nenhum valor saiu. Quando a conexão voltar, pague por aqui mesmo.',
      'The payment was not sent and no money left. Once you are back online, pay from here.',
    ],
  },
  WEB_PAGE_OFFLINE: {
    title: ['Você está sem internet', 'You are offline'],
    text: [
      'Esta página ainda não foi aberta neste aparelho e precisa da conexão. Tente de novo quando ela voltar.',
      'This page was not opened on this device before and needs the connection. Try again once it is back.',
    ],
  },
  WEB_UNAUTHENTICATED: {
    title: ['Sua sessão terminou', 'Your session has ended'],
    text: ['Entre de novo para continuar.', 'Sign in again to go on.'],
  },
  WEB_FORBIDDEN: {
    title: ['Isto não é permitido nesta conta', 'This is not allowed for this account'],
    text: ['Se parecer um engano, recarregue a página e tente de novo.', 'If it seems wrong, reload the page and try again.'],
  },
  WEB_NOT_FOUND: {
    title: ['Não encontramos o que você pediu', 'We did not find what you asked for'],
    text: ['Pode ter sido removido, ou o endereço está errado.', 'It may have been removed, or the address is wrong.'],
  },
  WEB_TOO_MANY: {
    title: ['Muitas tentativas seguidas', 'Too many tries in a row'],
    text: ['Espere um pouco antes de tentar de novo.', 'Wait a little before you try again.'],
  },
  WEB_TOO_MANY_S: {
    title: ['Muitas tentativas seguidas', 'Too many tries in a row'],
    text: ['Espere {n} s antes de tentar de novo.', 'Wait {n} s before you try again.'],
  },
  WEB_OFFLINE: {
    title: ['Sem conexão', 'No connection'],
    text: [
      'Não conseguimos falar com o Lastro. Confira a internet e tente de novo.',
      'We could not reach Lastro. Check your internet and try again.',
    ],
  },
  WEB_TIMEOUT: {
    title: ['A resposta demorou demais', 'The answer took too long'],
    text: ['Tente de novo em alguns instantes.', 'Try again in a moment.'],
  },
  WEB_UNAVAILABLE: {
    title: ['O serviço está com dificuldade', 'The service is having trouble'],
    text: ['O problema é nosso, não seu. Tente de novo em alguns instantes.', 'The problem is ours, not yours. Try again in a moment.'],
  },
  WEB_UNEXPECTED: {
    title: ['Algo não saiu como esperado', 'Something went wrong'],
    text: ['Tente de novo. Se continuar, recarregue a página.', 'Try again. If it goes on, reload the page.'],
  },
});
