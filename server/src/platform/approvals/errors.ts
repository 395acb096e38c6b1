import { defineErrors } from '../errors.ts';

/** What approvals refuse, in whichever module. */
export const refuseApproval = defineErrors({
  PLATFORM_APPROVAL_NOT_FOUND: {
    status: 404,
    title: 'Não há esse pedido de aprovação',
    action: 'Confira o identificador na lista.',
    en: { title: 'There is no such request for approval', action: 'Check the identifier in the list.' },
  },
  PLATFORM_APPROVAL_PENDING: {
    status: 409,
    title: 'Já há um pedido sobre isto à espera',
    action: 'Decida o que espera, ou retire-o, e peça de novo.',
    en: { title: 'A request about this is waiting already', action: 'Decide the one that waits, or withdraw it, and ask again.' },
  },
  PLATFORM_APPROVAL_OVER: {
    status: 409,
    title: 'Este pedido já foi decidido',
    action: 'Leia de novo o que foi decidido.',
    en: { title: 'This request has been decided', action: 'Read again what was decided.' },
  },
  PLATFORM_APPROVAL_EXPIRED: {
    status: 410,
    title: 'O prazo deste pedido acabou',
    action: 'Peça de novo, se ainda for preciso.',
    en: { title: 'The time of this request is up', action: 'Ask again, if it is still wanted.' },
  },
  PLATFORM_APPROVAL_CHANGED: {
    status: 409,
    title: 'O pedido não é o que foi lido',
    action: 'Leia o pedido de novo antes de decidir; nada foi feito.',
    en: { title: 'The request is not what was read', action: 'Read the request again before you decide; nothing was done.' },
  },
  PLATFORM_APPROVAL_OWN: {
    status: 403,
    title: 'Quem pede não aprova',
    action: 'Peça a decisão de outro operador.',
    en: { title: 'Who asks does not approve', action: 'Let another operator decide.' },
  },
  PLATFORM_APPROVAL_FOR_OPERATORS: {
    status: 403,
    title: 'Só operadores aprovam',
    action: 'Uma pessoa decide, pela operação; um serviço pode pedir.',
    en: { title: 'Only operators approve', action: 'A person decides, at the desk; a service may ask.' },
  },
});
