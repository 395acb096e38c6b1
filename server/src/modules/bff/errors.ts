import { defineErrors } from '#platform/errors.ts';

/** Every refusal of this module, by its stable code. */
export const refuse = defineErrors({
  BFF_NO_SESSION: { status: 401, title: 'Você não entrou', action: 'Entre para continuar.' },
  BFF_SESSION_EXPIRED: { status: 401, title: 'Sua sessão terminou', action: 'Entre de novo para continuar.' },
  BFF_SESSION_MOVED: {
    status: 401,
    title: 'Esta sessão é de outro navegador',
    action: 'Entre de novo neste navegador.',
  },
  BFF_UNKNOWN_HOST: { status: 404, title: 'Endereço desconhecido', action: 'Confira o endereço da sua instituição.' },
  BFF_TOO_MANY_STREAMS: { status: 429, title: 'Muitas telas abertas', action: 'Feche alguma das outras janelas e tente de novo.' },
});
