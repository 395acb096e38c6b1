import { defineProblems, defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  privacy: {
    h1: ['Privacidade', 'Privacy'],
    copy: ['Uma cópia dos seus dados', 'A copy of your data'],
    copyWhat: [
      'Tudo o que guardamos sobre você, em PDF para ler e em JSON para levar. Cada cópia dura sete dias.',
      'All that we keep about you, as PDF to read and as JSON to take along. Each copy lasts seven days.',
    ],
    kept: ['O que há nela', 'What is in it'],
    ask: ['Pedir uma cópia', 'Ask for a copy'],
    making: ['Estamos fazendo a sua cópia', 'Your copy is being made'],
    makingText: ['Leva alguns minutos. Você pode sair desta página.', 'It takes some minutes. You may leave this page.'],
    ready: ['Cópia de {t}', 'Copy of {t}'],
    until: ['até {t}', 'until {t}'],
    save: ['Baixar {f}', 'Download {f}'],
    consents: ['O que você autoriza', 'What you agree to'],
    consentsWhat: [
      'Nada aqui é preciso para usar a conta. Você muda quando quiser.',
      'Nothing here is needed to use the account. You change it whenever you want.',
    ],
    given: ['Autorizado em {t}', 'Agreed on {t}'],
    taken: ['Retirado em {t}', 'Taken back on {t}'],
    give: ['Autorizar', 'Agree'],
    take: ['Retirar', 'Take back'],
    erase: ['Apagar meus dados', 'Erase my data'],
    eraseWhat: [
      'Suas contas são encerradas, ninguém mais entra em seu nome, e seu nome some de onde aparecia. Não há volta.',
      'Your accounts are closed, nobody logs in as you any more, and your name is gone from where it was shown. There is no way back.',
    ],
    notYet: ['Ainda não é possível', 'Not possible yet'],
    stays: ['A lei manda guardar por mais tempo', 'Law makes these stay longer'],
    staysText: [
      'Fica lacrado, fora do alcance de quem nos atende. Só duas pessoas juntas podem abrir, e fica registrado. Depois do prazo é destruído.',
      'It stays sealed, out of reach of those who serve you. Only two people together can open it, and that is on record. After the term it is destroyed.',
    ],
    years: ['{n} anos · {law}', '{n} years · {law}'],
    sure: ['Encerrar as contas e apagar os dados?', 'Close the accounts and erase the data?'],
    waiting: ['Seus dados serão apagados', 'Your data will be erased'],
    waitingText: [
      'As contas já estão encerradas. Até {t} você ainda pode desistir.',
      'The accounts are closed already. Until {t} you can still change your mind.',
    ],
    erasing: ['Seus dados estão sendo apagados', 'Your data are being erased'],
    withdraw: ['Desistir', 'Change my mind'],
    refused: ['O último pedido não pôde ser feito', 'The last request could not be carried out'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    privacy: (typeof texts)['privacy'];
  }
}

/** What happened, and what to do, by the code of the refusal; codes not here show the server's own words. */
defineProblems({
  PRIVACY_EXPORT_UNKNOWN: {
    title: ['Essa cópia já não existe', 'That copy is gone'],
    text: ['Cada cópia dura sete dias. Peça outra.', 'Each copy lasts seven days. Ask for another one.'],
  },
  PRIVACY_KEEPER_AWAY: {
    title: ['Não foi possível agora', 'Not possible right now'],
    text: [
      'Parte dos dados não pode ser alcançada. Tente em alguns minutos.',
      'Part of the data cannot be reached. Try again in some minutes.',
    ],
  },
});
