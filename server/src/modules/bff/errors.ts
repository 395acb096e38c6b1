import { defineErrors } from '#platform/errors.ts';

/** Every refusal of this module, by its stable code. */
export const refuse = defineErrors({
  BFF_NO_SESSION: {
    status: 401,
    title: 'Você não entrou',
    action: 'Entre para continuar.',
    en: { title: 'You are not logged in', action: 'Log in to go on.' },
  },
  BFF_SESSION_EXPIRED: {
    status: 401,
    title: 'Sua sessão terminou',
    action: 'Entre de novo para continuar.',
    en: { title: 'Your session has ended', action: 'Log in again to go on.' },
  },
  BFF_SESSION_REVOKED: {
    status: 401,
    title: 'Sua sessão foi encerrada',
    action: 'Entre de novo para continuar.',
    en: { title: 'Your session was ended', action: 'Log in again to go on.' },
  },
  BFF_SESSION_MOVED: {
    status: 401,
    title: 'Esta sessão é de outro navegador',
    action: 'Entre de novo neste navegador.',
    en: { title: 'This session belongs to another browser', action: 'Log in again in this browser.' },
  },
  BFF_SESSION_UNKNOWN: {
    status: 404,
    title: 'Esta sessão não existe mais',
    action: 'Atualize a lista de sessões.',
    en: { title: 'This session is no more', action: 'Reload the list of sessions.' },
  },
  BFF_UNKNOWN_HOST: {
    status: 404,
    title: 'Endereço desconhecido',
    action: 'Confira o endereço da sua instituição.',
    en: { title: 'Unknown address', action: 'Check the address of your institution.' },
  },
  BFF_TOO_MANY_STREAMS: {
    status: 429,
    title: 'Muitas telas abertas',
    action: 'Feche alguma das outras janelas e tente de novo.',
    en: { title: 'Too many open screens', action: 'Close one of the other windows and try again.' },
  },
});
