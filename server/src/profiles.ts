/** What one of the documents describes, and no more: `npm start -- --profile cash`, or LASTRO_PROFILE=cash for a server. */
export type Profile = {
  /** For people, in Portuguese. */
  about: string;
  /** The modules that live in it; whatever they need is among them. */
  modules: readonly string[];
  /** Sandboxes it speaks to. */
  sandboxes: readonly 'pix'[];
  /** Scripts of `scripts/`: what shows that it works (`npm run demo`), and what fills it after the start. */
  demo: string;
  fill?: string;
};

export const PROFILES: Readonly<Record<string, Profile>> = {
  cash: {
    about: 'Fluxo de caixa de uma loja: lançamentos, caixa, saldo do dia e extrato, nas telas do negócio e por API',
    modules: ['ledger', 'identity', 'accounts', 'books', 'drawers', 'cards', 'titles', 'banks', 'cashflow', 'reports', 'audit', 'bff'],
    sandboxes: [],
    demo: 'demo-cash.ts',
    fill: 'demo-bakery.ts',
  },
  risk: {
    about: 'Análise de risco de transações: perguntas na porta interna, decisões com os motivos por API',
    modules: ['identity', 'risk', 'audit'],
    sandboxes: ['pix'],
    demo: 'demo-risk.ts',
  },
  split: {
    about: 'Pagamentos e contas de uma plataforma, com as telas das pessoas',
    modules: ['ledger', 'identity', 'accounts', 'risk', 'payments', 'cashflow', 'audit', 'privacy', 'bff'],
    sandboxes: ['pix'],
    demo: 'demo.ts',
    fill: 'demo-data.ts',
  },
  core: {
    about: 'O núcleo: razão, contas, pagamentos e risco, com as telas das pessoas',
    modules: ['ledger', 'identity', 'accounts', 'risk', 'payments', 'cashflow', 'audit', 'privacy', 'bff'],
    sandboxes: ['pix'],
    demo: 'demo.ts',
    fill: 'demo-data.ts',
  },
  opf: {
    about: 'Open Finance: emissor de tokens, pessoas e trilha, à espera dos seus módulos',
    modules: ['identity', 'audit'],
    sandboxes: [],
    demo: 'demo-opf.ts',
  },
};
