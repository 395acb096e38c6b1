import { derivedId } from '#platform/id.ts';

/** Lines of a managerial DRE, in its order. */
export const CATEGORY_GROUPS = ['revenue', 'deduction', 'cost', 'expense', 'financial-income', 'financial-expense', 'difference'] as const;
export type CategoryGroup = (typeof CATEGORY_GROUPS)[number];

/** Where what nobody has sorted yet stands, by direction. */
export const UNSORTED = { in: 'to-sort-in', out: 'to-sort-out' } as const;

type DefaultCategory = { key: string; group: CategoryGroup; name: string };
const of = (group: CategoryGroup, names: Readonly<Record<string, string>>): DefaultCategory[] =>
  Object.entries(names).map(([key, name]) => ({ key, group, name }));

/** What a small shop begins with; all of it may be renamed and added to, and archived but for what rooms book by themselves. */
export const DEFAULT_CHART: readonly DefaultCategory[] = [
  ...of('revenue', {
    sales: 'Vendas',
    services: 'Serviços',
    orders: 'Encomendas',
    delivery: 'Entregas',
    'other-revenue': 'Outras receitas',
    [UNSORTED.in]: 'A classificar (entradas)',
  }),
  ...of('deduction', { refunds: 'Devoluções e cancelamentos', discounts: 'Descontos dados', 'sales-taxes': 'Impostos sobre vendas (DAS)' }),
  ...of('cost', { goods: 'Mercadorias e insumos', packaging: 'Embalagens', 'delivery-cost': 'Frete e entregas' }),
  ...of('expense', {
    payroll: 'Salários e encargos',
    'owner-pay': 'Pró-labore',
    rent: 'Aluguel e condomínio',
    utilities: 'Água, luz e gás',
    telecom: 'Telefone e internet',
    cleaning: 'Limpeza e escritório',
    maintenance: 'Manutenção e equipamentos',
    marketing: 'Propaganda',
    accounting: 'Contador',
    software: 'Sistemas e assinaturas',
    fees: 'Taxas e licenças',
    'other-expense': 'Outras despesas',
    [UNSORTED.out]: 'A classificar (saídas)',
  }),
  ...of('financial-income', {
    'interest-received': 'Juros e multas recebidos',
    'discounts-received': 'Descontos obtidos',
    yield: 'Rendimentos',
  }),
  ...of('financial-expense', {
    'card-fees': 'Taxas de cartão',
    anticipation: 'Antecipação de recebíveis',
    'bank-fees': 'Tarifas bancárias',
    'pix-fees': 'Tarifas de Pix',
    'interest-paid': 'Juros e multas pagos',
  }),
  ...of('difference', { 'cash-difference': 'Diferenças de caixa' }),
];

/** The id of a default category, so that whoever knows its key need not ask. */
export const defaultCategoryId = (accountId: string, key: string): string => derivedId('books.category', accountId, key);

/** Categories that rooms of this system name by themselves, with nobody there to choose another: these are never archived. */
const BOOKED_BY_ROOMS = [
  UNSORTED.in,
  UNSORTED.out,
  ...['sales', 'refunds', 'discounts', 'discounts-received', 'interest-received', 'interest-paid'],
  ...['card-fees', 'anticipation', 'bank-fees', 'cash-difference'],
];
export const isBookedByRooms = (accountId: string, categoryId: string): boolean =>
  BOOKED_BY_ROOMS.some((key) => defaultCategoryId(accountId, key) === categoryId);

/** On this side a category grows. */
export const sideOf = (group: CategoryGroup): 'debit' | 'credit' =>
  group === 'revenue' || group === 'financial-income' ? 'credit' : 'debit';
