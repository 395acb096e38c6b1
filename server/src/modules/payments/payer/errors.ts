/** How a person who moves money is asked for more, or told that it is too much. */
export const PAYER_ERRORS = {
  PAYMENTS_PROOF_NEEDED: {
    status: 403,
    title: 'Confirme que é você',
    action: 'Confirme este pagamento com a chave de acesso, o código do aplicativo ou a senha, e envie o mesmo pedido de novo.',
    en: {
      title: 'Confirm that it is you',
      action: 'Confirm this payment with the passkey, the code of the app or the password, and send the same request again.',
    },
  },
  PAYMENTS_FACTOR_NEEDED: {
    status: 403,
    title: 'Este valor pede uma segunda etapa',
    action: 'Cadastre uma chave de acesso ou um aplicativo de códigos na tela de segurança e pague de novo.',
    en: { title: 'This amount wants a second factor', action: 'Add a passkey or a code app on the security screen, and pay again.' },
  },
  PAYMENTS_NEW_DEVICE_PAYMENT_LIMIT: {
    status: 403,
    title: 'Acima do limite de um aparelho novo',
    action: 'Reconheça este aparelho na tela de segurança, ou pague por um aparelho conhecido.',
    en: {
      title: 'Above the limit of a new device',
      action: 'Recognise this device on the security screen, or pay from a device that is known.',
    },
  },
  PAYMENTS_NEW_DEVICE_DAY_LIMIT: {
    status: 403,
    title: 'Acima do limite do dia de um aparelho novo',
    action: 'Reconheça este aparelho na tela de segurança, pague por um aparelho conhecido ou espere até amanhã.',
    en: {
      title: 'Above the limit a day of a new device',
      action: 'Recognise this device on the security screen, pay from a device that is known, or wait until tomorrow.',
    },
  },
} as const;
