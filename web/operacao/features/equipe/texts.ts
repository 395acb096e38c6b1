import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  desk: {
    title: ['Quem opera', 'Who works here'],
    name: ['Nome', 'Name'],
    email: ['E-mail', 'E-mail'],
    roles: ['Papéis', 'Roles'],
    state: ['Situação', 'State'],
    on: ['Trabalha', 'At work'],
    off: ['Sem acesso', 'No access'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    desk: (typeof texts)['desk'];
  }
}
