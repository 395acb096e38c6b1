import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  devolver: {
    title: ['Devolver um Pix', 'Give a Pix back'],
    sub: ['Pix de {v} recebido de {name} em {d}.', 'Pix of {v} received from {name} on {d}.'],
    amount: ['Quanto devolver', 'How much to give back'],
    left: ['Restam {v} deste Pix. Prazo: até {d}.', '{v} are left of this Pix. Until {d}.'],
    over: ['Deste Pix restam {v} a devolver.', '{v} are left of this Pix to give back.'],
    ask: ['Continuar', 'Continue'],
    sure: ['Devolver {v} para {name}?', 'Give {v} back to {name}?'],
    sureText: [
      'O valor sai do seu saldo e volta para quem pagou. Depois de feita, a devolução não se desfaz.',
      'The amount leaves your balance and goes back to the payer. Once made, a return cannot be undone.',
    ],
    change: ['Mudar o valor', 'Change the amount'],
    confirm: ['Devolver agora', 'Give back now'],
    sending: ['Devolvendo…', 'Giving back…'],
    given: ['Devoluções deste Pix', 'Returns of this Pix'],
    processing: ['em andamento', 'under way'],
    unknown: ['aguardando a confirmação', 'waiting for the confirmation'],
    stuck: ['em conferência pela nossa equipe', 'being checked by our team'],
    settled: ['devolvido', 'given back'],
    failed: ['não aceita: o valor voltou para o saldo', 'not accepted: the amount is on your balance again'],
    declined: ['não realizada', 'not made'],
    whyFunds: ['O saldo não bastava para devolver este valor.', 'The balance was not enough to give this amount back.'],
    whyFrozen: ['A conta está bloqueada para saídas.', 'The account is blocked for outgoing money.'],
    whyClosed: ['Uma das contas desta devolução está encerrada.', 'One of the accounts of this return is closed.'],
    whyNeverSent: [
      'O Pix não atendeu a tempo. Nada saiu da conta; pode tentar de novo.',
      'The Pix did not answer in time. Nothing left the account; you may try again.',
    ],
    whyRefused: [
      'O Pix não aceitou a devolução. Confira com quem pagou se o valor já voltou por outro caminho.',
      'The Pix did not accept the return. Check with the payer whether the amount came back by another way.',
    ],
    whyOther: ['A devolução não pôde ser lançada.', 'The return could not be booked.'],
    allGivenBack: ['Este Pix já foi devolvido por inteiro.', 'This Pix has been given back in full.'],
    tooOld: [
      'O prazo de 90 dias para devolver este Pix acabou. Para mandar o dinheiro, faça outro Pix.',
      'The 90 days to give this Pix back are over. To send the money, make another Pix.',
    ],
    ofReturn: [
      'Este valor é de um Pix seu que voltou: não se devolve uma devolução.',
      'This is a Pix of yours that came back: a return cannot be returned.',
    ],
    none: [
      'Só se devolve um Pix que entrou na sua conta, e este não foi encontrado.',
      'Only a Pix that came into your account can be given back, and this one was not found.',
    ],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    devolver: (typeof texts)['devolver'];
  }
}
