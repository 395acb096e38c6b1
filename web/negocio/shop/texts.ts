import { defineTexts } from '#core/i18n/texts';

/** Words that several of the shop's screens use. */
const texts = defineTexts({
  shop: {
    transfer: ['Transferência entre contas da loja', 'Transfer between the shop’s accounts'],
    opening: ['Saldo inicial', 'Opening balance'],
    andMore: ['{c} e mais {n}', '{c} and {n} more'],
    unsorted: ['Sem categoria', 'Not sorted'],
    owed: {
      cards: ['Cartões a receber', 'Card receivables'],
      receivable: ['A receber', 'Receivable'],
      payable: ['A pagar', 'Payable'],
    },
    method: {
      cash: ['Dinheiro', 'Cash'],
      pix: ['Pix', 'Pix'],
      'debit-card': ['Débito', 'Debit card'],
      'credit-card': ['Crédito', 'Credit card'],
      boleto: ['Boleto', 'Boleto'],
      transfer: ['Transferência', 'Transfer'],
      voucher: ['Vale', 'Voucher'],
      other: ['Outro', 'Other'],
    },
    state: {
      accepted: ['A caminho do razão', 'On its way to the ledger'],
      posted: ['Registrado', 'Recorded'],
      refused: ['Recusado', 'Refused'],
      reversed: ['Estornado', 'Reversed'],
    },
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    shop: (typeof texts)['shop'];
  }
}
declare module '#core/live/live' {
  interface LiveEvents {
    /** An entry of the shop is new or has changed. */
    books: { entryId?: string };
    /** Stores, places or categories have changed, or days were closed. */
    'books-chart': Record<string, never>;
    /** A drawer was opened, counted, closed or reviewed. */
    drawer: { placeId: string; sessionId: string; status: string };
  }
}
