import { defineErrors } from '#platform/errors.ts';

/** Every refusal of this module, by its stable code. */
export const refusePrivacy = defineErrors({
  PRIVACY_EXPORT_UNKNOWN: {
    status: 404,
    title: 'Não há essa cópia, ou ela já foi apagada',
    action: 'Peça outra: cada cópia dura sete dias.',
    en: { title: 'There is no such copy, or it is gone', action: 'Ask for another one: each lasts seven days.' },
  },
  PRIVACY_EXPORT_NOT_READY: {
    status: 409,
    title: 'A cópia ainda está sendo feita',
    action: 'Espere alguns minutos.',
    en: { title: 'The copy is still being made', action: 'Wait a few minutes.' },
  },
  PRIVACY_TOO_MANY_EXPORTS: {
    status: 409,
    title: 'Já há cópias prontas',
    action: 'Baixe uma delas; cada uma dura sete dias.',
    en: { title: 'There are copies already', action: 'Download one of them; each lasts seven days.' },
  },
  PRIVACY_NOT_YET: {
    status: 409,
    title: 'Seus dados ainda não podem ser apagados',
    action: 'Resolva o que falta e peça de novo.',
    en: { title: 'Your data cannot be erased yet', action: 'Settle what is missing and ask again.' },
  },
  PRIVACY_ERASURE_UNKNOWN: {
    status: 404,
    title: 'Não há pedido de apagar',
    action: 'Confira a pessoa.',
    en: { title: 'Nobody asked for an erasure', action: 'Check the person.' },
  },
  PRIVACY_TOO_LATE: {
    status: 409,
    title: 'Os dados já estão sendo apagados',
    action: 'Não há como desistir a partir daqui.',
    en: { title: 'The data are being erased already', action: 'From here it cannot be taken back.' },
  },
  PRIVACY_NOTHING_RETAINED: {
    status: 404,
    title: 'Nada dessa pessoa está guardado por lei',
    action: 'Confira a pessoa, e o fim do prazo.',
    en: { title: 'Nothing of that person is kept by law', action: 'Check the person, and the end of the term.' },
  },
  PRIVACY_CONSENT_UNKNOWN: {
    status: 422,
    title: 'Esse texto não é o atual',
    action: 'Leia o texto de agora e responda de novo.',
    en: { title: 'That text is not the current one', action: 'Read the present text and answer again.' },
  },
  PRIVACY_KEEPER_AWAY: {
    status: 503,
    title: 'Parte dos dados não pode ser alcançada agora',
    action: 'Tente de novo em alguns minutos.',
    en: { title: 'Part of the data cannot be reached now', action: 'Try again in some minutes.' },
  },
});
