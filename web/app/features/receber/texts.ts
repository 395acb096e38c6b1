import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  receive: {
    title: ['Receber com Pix', 'Receive by Pix'],
    sub: [
      'Mostre o código, ou mande para quem vai pagar. O aviso aparece aqui na hora.',
      'Show the code, or send it to whoever pays. You are told here as it happens.',
    ],
    amount: ['Valor (opcional)', 'Amount (optional)'],
    amountHint: ['Em branco, quem paga escolhe o valor.', 'Left blank, the payer chooses it.'],
    note: ['Descrição (opcional)', 'Description (optional)'],
    code: ['Código para receber', 'Code to be paid with'],
    ready: ['Código pronto.', 'The code is ready.'],
    qrOf: ['Código QR para receber {v}', 'QR code to receive {v}'],
    qrOpen: ['Código QR para receber qualquer valor', 'QR code to receive any amount'],
    open: ['Valor em aberto', 'Open amount'],
    waiting: ['aguardando o pagamento', 'waiting for the payment'],
    copyPaste: ['Pix copia e cola', 'Pix code as text'],
    copy: ['Copiar código', 'Copy code'],
    share: ['Compartilhar', 'Share'],
    came: ['Recebido por este código', 'Received by this code'],
    paid: ['Pix recebido', 'Pix received'],
    paidAria: ['Pix de {v} recebido de {name}.', 'Pix of {v} received from {name}.'],
    from: ['de {name}', 'from {name}'],
    another: ['Nova cobrança', 'New charge'],
    openComprovante: ['Ver comprovante', 'See receipt'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    receive: (typeof texts)['receive'];
  }
}
