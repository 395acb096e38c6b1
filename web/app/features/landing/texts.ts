import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  landing: {
    kicker: ['Código aberto · Pix · Brasil', 'Open source · Pix · Brazil'],
    h1: ['Cada real com lastro, cada passo à vista.', 'Every real backed, every step in sight.'],
    lead: [
      'Uma conta em que você vê o que acontece com o seu dinheiro: a análise, a reserva, o envio, a confirmação. E o saldo do dia, na hora.',
      'An account where you see what happens to your money: the check, the hold, the sending, the confirmation. And the balance of the day, as it happens.',
    ],
    signIn: ['Entrar', 'Sign in'],
    signUp: ['Criar conta', 'Create account'],
    path: ['O caminho de um Pix', 'The path of a Pix'],
    pathSub: ['Os mesmos passos que você acompanha na tela, ao vivo.', 'The same steps you follow on screen, live.'],
    p1: ['Risco avaliado', 'Risk assessed'],
    p1s: ['Regras claras, com o motivo de cada decisão', 'Clear rules, with a reason for each decision'],
    p2: ['Valor reservado', 'Amount held'],
    p2s: ['Ninguém gasta duas vezes o mesmo real', 'No one spends the same real twice'],
    p3: ['Enviado ao recebedor', 'Sent to the payee'],
    p3s: ['Uma única vez, mesmo se a rede falhar', 'Once only, even when the network fails'],
    p4: ['Confirmado e registrado', 'Confirmed and recorded'],
    p4s: ['Débito e crédito, em partidas dobradas', 'Debit and credit, in double entry'],
    f1: ['Contas que fecham', 'Books that balance'],
    f1s: [
      'Todo valor tem origem e destino. A soma de todas as contas é sempre zero.',
      'Every amount has a source and a destination. All accounts together are always zero.',
    ],
    f2: ['Incerto não é falha', 'Unknown is not failed'],
    f2s: [
      'Se a resposta demora, o valor fica reservado até a confirmação. Nunca sai em dobro.',
      'If the answer is late, the amount stays held until it is confirmed. It never leaves twice.',
    ],
    f3: ['O dia na sua tela', 'The day on your screen'],
    f3s: [
      'Abertura, entradas, saídas e fechamento do dia, com a hora da última atualização.',
      'Opening, in, out and closing of the day, with the time of the last update.',
    ],
    footer: ['Software livre, licença Apache 2.0.', 'Free software, Apache 2.0 licence.'],
    api: ['Documentação da API', 'API documentation'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    landing: (typeof texts)['landing'];
  }
}
