import { defineProblems, defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  security: {
    password: ['Senha', 'Password'],
    passwordSince: ['Vale desde {t}.', 'In use since {t}.'],
    passwordDone: ['A senha foi trocada. Outras sessões encerradas: {n}.', 'The password was changed. Other sessions ended: {n}.'],
    present: ['Senha atual', 'Present password'],
    next: ['Senha nova', 'New password'],
    nextHint: [
      'Ao menos 12 caracteres: três palavras que nada têm em comum são boas.',
      'At least 12 characters: three words that have nothing in common are good.',
    ],
    change: ['Trocar a senha', 'Change password'],
    cancel: ['Cancelar', 'Cancel'],
    factors: ['Segunda etapa ao entrar', 'Second factor at sign-in'],
    factorsOn: ['Além da senha, pedimos uma destas provas.', 'Beside the password we ask for one of these.'],
    factorsOff: [
      'Hoje só a senha protege a sua conta. Cadastre uma segunda etapa.',
      'Today only the password protects your account. Add a second factor.',
    ],
    totp: ['Aplicativo de códigos', 'Authenticator app'],
    totpScan: [
      'Leia o código com o seu aplicativo autenticador e digite os seis números que ele mostrar.',
      'Scan the code with your authenticator app and type the six digits it shows.',
    ],
    totpQr: ['Código QR para o aplicativo autenticador', 'QR code for the authenticator app'],
    totpTyped: ['Ou digite a chave:', 'Or type the key:'],
    totpConfirm: ['Confirmar', 'Confirm'],
    passkey: ['Chave de acesso', 'Passkey'],
    securityKey: ['Chave de segurança', 'Security key'],
    newPasskey: ['Nova chave de acesso', 'New passkey'],
    passkeyWhat: [
      'Entre com a digital, o rosto ou o PIN deste aparelho, sem senha.',
      'Sign in by fingerprint, face or the PIN of this device, without a password.',
    ],
    codes: ['Códigos de recuperação', 'Recovery codes'],
    codesLeft: ['Restam {n}.', '{n} left.'],
    codesNew: ['Fazer novos códigos', 'Make new codes'],
    codesOnce: ['Guarde estes códigos agora', 'Keep these codes now'],
    codesKeep: [
      'Eles não serão mostrados de novo. Cada um abre a conta uma vez, se você perder a segunda etapa.',
      'They will not be shown again. Each opens the account once, if you lose the second factor.',
    ],
    codesCopy: ['Copiar os códigos', 'Copy the codes'],
    add: ['Cadastrar', 'Add'],
    replace: ['Trocar', 'Replace'],
    remove: ['Remover', 'Remove'],
    off: ['Não cadastrado', 'Not set up'],
    since: ['desde {t}', 'since {t}'],
    lastUsed: ['último uso {t}', 'last used {t}'],
    email: ['E-mail', 'E-mail'],
    emailProved: ['Confirmado', 'Confirmed'],
    emailUnproved: ['Ainda não confirmado', 'Not confirmed yet'],
    emailWhy: [
      'Sem um e-mail confirmado não é possível recuperar a conta se você esquecer a senha.',
      'Without a confirmed e-mail the account cannot be recovered if you forget the password.',
    ],
    emailSent: ['Enviamos um código de seis números. Ele vale por 15 minutos.', 'We sent a six-digit code. It is good for 15 minutes.'],
    emailSend: ['Enviar um código', 'Send a code'],
    emailHave: ['Já tenho um código', 'I have a code'],
    emailAgain: ['Enviar outro', 'Send another'],
    emailCode: ['Código do e-mail', 'Code of the e-mail'],
    emailHint: ['Seis números, como 123-456.', 'Six digits, such as 123-456.'],
    emailConfirm: ['Confirmar', 'Confirm'],
    devices: ['Aparelhos', 'Devices'],
    devicesSub: [
      'Um aparelho novo paga valores pequenos até você dizer que ele é seu.',
      'A new device pays small amounts until you say that it is yours.',
    ],
    thisDevice: ['Este aparelho', 'This device'],
    deviceNew: ['Novo', 'New'],
    deviceSince: ['Conhecido desde {t}', 'Known since {t}'],
    deviceSeen: ['primeira vez {t} · última {u}', 'first seen {t} · last {u}'],
    forget: ['Esquecer', 'Forget'],
    forgetSure: ['Ele sai da conta e volta a contar como novo.', 'It is logged out and counts as new again.'],
    recogniseH: ['Este aparelho é novo', 'This device is new'],
    recogniseText: [
      'Diga que ele é seu para pagar por ele até os limites da sua conta.',
      'Say that it is yours to pay from it up to the limits of your account.',
    ],
    recognise: ['Reconhecer com a segunda etapa', 'Recognise by the second factor'],
    recogniseMail: ['Reconhecer por e-mail', 'Recognise by e-mail'],
    deviceCodeSent: [
      'Enviamos um código de seis números ao seu e-mail. Ele vale por 10 minutos.',
      'We sent a six-digit code to your e-mail. It is good for 10 minutes.',
    ],
    sessions: ['Onde você está', 'Where you are signed in'],
    here: ['Esta sessão', 'This session'],
    end: ['Encerrar', 'End'],
    endOthers: ['Encerrar todas as outras', 'End all others'],
    kind: {
      phone: ['Celular', 'Phone'],
      tablet: ['Tablet', 'Tablet'],
      computer: ['Computador', 'Computer'],
      other: ['Outro aparelho', 'Other device'],
    },
    mustAdd: ['Cadastre uma segunda etapa', 'Add a second factor'],
    mustAddText: [
      'Até lá a sua conta só pode ser protegida, não usada. Depois de cadastrar, entre de novo.',
      'Until then your account can be protected, and not used. Once it is added, sign in again.',
    ],
    logInAgain: ['Entrar de novo', 'Sign in again'],
    lock: ['Travar minha conta', 'Lock my account'],
    lockWhat: [
      'Perdeu o celular ou desconfia de alguém? Todas as sessões terminam e nenhum dinheiro sai até você destravar, o que leva 24 horas.',
      'Lost your phone, or suspect somebody? All sessions end and no money leaves until you unlock it, which takes 24 hours.',
    ],
    lockSure: ['Você também sai desta sessão. Travar agora?', 'You leave this session as well. Lock now?'],
    lockDo: ['Travar minha conta', 'Lock my account'],
    lockAgain: ['Travar de novo', 'Lock it again'],
    locked: ['A sua conta está travada', 'Your account is locked'],
    lockedText: ['Desde {t}. Nenhum dinheiro sai daqui.', 'Since {t}. No money leaves from here.'],
    lockEnds: [
      'Ela destrava em {t}. Depois, saia e entre de novo. Se você não pediu isso, trave de novo.',
      'It unlocks at {t}. Then sign out and in again. If you did not ask for this, lock it again.',
    ],
    unlock: ['Pedir para destravar', 'Ask to unlock'],
    notes: ['O que mudou', 'What changed'],
    notesSub: [
      'Se algo aqui não foi você, troque a senha e encerre as outras sessões.',
      'If something here was not you, change the password and end the other sessions.',
    ],
    note: {
      'password-changed': ['Senha trocada', 'Password changed'],
      'password-reset': ['Senha redefinida por e-mail', 'Password reset by e-mail'],
      'email-verified': ['E-mail confirmado', 'E-mail confirmed'],
      'account-locked': ['Conta travada', 'Account locked'],
      'unlock-asked': ['Pedido para destravar a conta', 'Request to unlock the account'],
      'totp-added': ['Aplicativo de códigos cadastrado', 'Authenticator app added'],
      'totp-removed': ['Aplicativo de códigos removido', 'Authenticator app removed'],
      'passkey-added': ['Chave de acesso cadastrada', 'Passkey added'],
      'passkey-removed': ['Chave de acesso removida', 'Passkey removed'],
      'recovery-codes-made': ['Novos códigos de recuperação', 'New recovery codes'],
      'recovery-code-used': ['Entrada com código de recuperação', 'Sign-in with a recovery code'],
      'device-new': ['Entrada em um aparelho novo', 'Sign-in on a new device'],
      'device-known': ['Aparelho reconhecido', 'Device recognised'],
      'device-forgotten': ['Aparelho esquecido', 'Device forgotten'],
      other: ['Mudança de segurança', 'Security change'],
    },
    codeLabel: ['Código do aplicativo', 'Code of the app'],
    h1: ['Segurança', 'Security'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    security: (typeof texts)['security'];
  }
}

/** What happened, and what to do, by the code of the refusal; codes not here show the server's own words. */
defineProblems({
  IDENTITY_PROOF_REFUSED: {
    title: ['Não foi possível confirmar que é você', 'That it is you could not be confirmed'],
    text: [
      'Confira a senha ou o código e tente de novo. Cada código vale uma vez.',
      'Check the password or the code and try again. Each code counts once.',
    ],
  },
  IDENTITY_MAILED_CODE_REFUSED: {
    title: ['O código não confere ou venceu', 'The code does not match or has expired'],
    text: [
      'Confira o código do e-mail mais recente. Depois de cinco tentativas, peça outro.',
      'Check the code of the newest e-mail. After five tries, ask for another.',
    ],
  },
  WEB_PASSKEY_KNOWN: {
    title: ['Este aparelho já tem uma chave desta conta', 'This device has a passkey of this account already'],
    text: ['Use a que existe, ou cadastre outra em outro aparelho.', 'Use the one there is, or add one on another device.'],
  },
});
