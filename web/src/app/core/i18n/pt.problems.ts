/** One entry for each code the screens know: what happened, and what to do. Codes not here show the server's own words. */
export const ptProblems = {
  PIX_BR_CODE_EMPTY: { title: 'Cole um código ou digite uma chave', text: 'O campo está vazio.' },
  PIX_BR_CODE_TOO_LONG: {
    title: 'O texto é longo demais para um código Pix',
    text: 'Pode ter vindo texto a mais junto. Copie só o código e cole de novo.',
  },
  PIX_BR_CODE_BAD_CRC: {
    title: 'O código está incompleto ou foi alterado',
    text: 'A verificação no fim do código não confere. Copie o código inteiro outra vez, sem mudar nada.',
  },
  PIX_BR_CODE_MALFORMED: {
    title: 'Não conseguimos ler este código',
    text: 'Ele não segue o formato de um código Pix. Peça o código de novo a quem vai receber.',
  },
  PIX_BR_CODE_NOT_PIX: {
    title: 'Este código não é de Pix',
    text: 'Pode ser um boleto ou outro tipo de QR Code. Peça o “Pix copia e cola”.',
  },
  PIX_BR_CODE_FIELD_INVALID: {
    title: 'Um campo do código está errado',
    text: 'Quem gerou o código preencheu algo fora das regras do Pix. Peça um código novo.',
  },
  PIX_BR_CODE_CURRENCY: { title: 'O código não está em reais', text: 'Pix só move reais. Peça um código em reais a quem vai receber.' },
  PIX_BR_CODE_RECURRENCE_UNSUPPORTED: {
    title: 'Este é um código de Pix Automático',
    text: 'Autorizar cobranças recorrentes ainda não está disponível. Peça um código de pagamento único.',
  },
  PIX_KEY_NOT_FOUND: { title: 'Chave Pix não encontrada', text: 'Confira cada caractere com quem vai receber. A chave pode ter mudado.' },
  PIX_CHARGE_EXPIRED: { title: 'Esta cobrança venceu', text: 'Não é mais possível pagar este código. Peça um novo a quem cobra.' },
  PIX_DIRECTORY_UNAVAILABLE: {
    title: 'A consulta de chaves está fora do ar',
    text: 'Nenhum valor foi movido. Tente de novo em alguns instantes.',
  },
  IDENTITY_BAD_CREDENTIALS: { title: 'Não foi possível entrar', text: 'CPF, e-mail ou senha não conferem. Confira e tente de novo.' },
  IDENTITY_CPF_TAKEN: { title: 'Já existe conta com este CPF', text: 'Já existe uma conta com este CPF. Entre com ela.' },
  IDENTITY_EMAIL_TAKEN: { title: 'Este e-mail já tem conta', text: 'Este e-mail já está em uso. Entre, ou use outro.' },
  IDENTITY_INVALID_CPF: { title: 'CPF inválido', text: 'Este CPF não é válido. Confira os números.' },
  IDENTITY_WEAK_PASSWORD: { title: 'Senha fraca', text: 'Escolha uma senha mais forte: mais longa, e que não seja comum.' },
  WEB_LOGIN_ENDED: { title: 'Esta tentativa de entrar venceu', text: 'Por segurança, ela vale por pouco tempo. Comece de novo.' },
  WEB_UNAUTHENTICATED: { title: 'Sua sessão terminou', text: 'Entre de novo para continuar.' },
  WEB_FORBIDDEN: { title: 'Isto não é permitido nesta conta', text: 'Se parecer um engano, recarregue a página e tente de novo.' },
  WEB_NOT_FOUND: { title: 'Não encontramos o que você pediu', text: 'Pode ter sido removido, ou o endereço está errado.' },
  WEB_TOO_MANY: { title: 'Muitas tentativas seguidas', text: 'Espere um pouco antes de tentar de novo.' },
  WEB_TOO_MANY_S: { title: 'Muitas tentativas seguidas', text: 'Espere {n} s antes de tentar de novo.' },
  WEB_OFFLINE: { title: 'Sem conexão', text: 'Não conseguimos falar com o Lastro. Confira a internet e tente de novo.' },
  WEB_TIMEOUT: { title: 'A resposta demorou demais', text: 'Tente de novo em alguns instantes.' },
  WEB_UNAVAILABLE: { title: 'O serviço está com dificuldade', text: 'O problema é nosso, não seu. Tente de novo em alguns instantes.' },
  WEB_UNEXPECTED: { title: 'Algo não saiu como esperado', text: 'Tente de novo. Se continuar, recarregue a página.' },
};
