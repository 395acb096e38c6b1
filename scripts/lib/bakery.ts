/** Fourteen months of a bakery in Campinas, the same at every run but for the day it ends on. */
import { addDays } from '../../server/src/platform/clock.ts';

export type DemoEntry = {
  kind: 'in' | 'out' | 'transfer' | 'opening';
  amountMinor?: string;
  lines?: { category: string; amountMinor: string }[];
  place?: string;
  owed?: 'cards';
  toPlace?: string;
  date: string;
  text?: string;
  method?: string;
  counterparty?: string;
};

const MONTHS = 14;
const DAYS = Math.round(MONTHS * 30.4);
/** What a card leaves of a sale, in hundredths of a per cent. */
const CARD_FEE_BP = 219n;
const SUNDAY = 0;
const MONDAY = 1;
const SATURDAY = 6;

type Bill = { day: number; category: string; text: string; counterparty: string; amountMinor: number; sway: number };
const MONTHLY: readonly Bill[] = [
  { day: 5, category: 'payroll', text: 'Salários', counterparty: 'Equipe da padaria', amountMinor: 1_380_000, sway: 0.02 },
  { day: 5, category: 'rent', text: 'Aluguel da loja', counterparty: 'Imobiliária Cambuí', amountMinor: 620_000, sway: 0 },
  { day: 7, category: 'payroll', text: 'FGTS', counterparty: 'Caixa', amountMinor: 110_400, sway: 0.02 },
  { day: 8, category: 'telecom', text: 'Internet e telefone', counterparty: 'Vivo', amountMinor: 24_990, sway: 0 },
  { day: 10, category: 'accounting', text: 'Honorários', counterparty: 'Contábil Taquaral', amountMinor: 85_000, sway: 0 },
  { day: 12, category: 'utilities', text: 'Conta de luz', counterparty: 'CPFL Paulista', amountMinor: 289_000, sway: 0.12 },
  { day: 15, category: 'utilities', text: 'Conta de água', counterparty: 'Sanasa', amountMinor: 61_000, sway: 0.1 },
  { day: 18, category: 'utilities', text: 'Gás dos fornos', counterparty: 'Ultragaz', amountMinor: 148_000, sway: 0.08 },
  { day: 20, category: 'sales-taxes', text: 'Simples Nacional', counterparty: 'Receita Federal', amountMinor: 512_000, sway: 0.06 },
  { day: 14, category: 'maintenance', text: 'Manutenção dos fornos', counterparty: 'Frio & Forno', amountMinor: 214_000, sway: 0.3 },
  { day: 16, category: 'marketing', text: 'Anúncios no bairro', counterparty: 'Gráfica Andorinha', amountMinor: 62_000, sway: 0.2 },
  { day: 25, category: 'owner-pay', text: 'Pró-labore', counterparty: 'Zélia', amountMinor: 850_000, sway: 0 },
  { day: 28, category: 'software', text: 'Sistema de balança', counterparty: 'Toledo', amountMinor: 18_900, sway: 0 },
];
const SUPPLIES: readonly { on: readonly number[]; category: string; text: string; counterparty: string; amountMinor: number }[] = [
  { on: [1, 4], category: 'goods', text: 'Farinha de trigo', counterparty: 'Moinho Santa Clara', amountMinor: 262_000 },
  { on: [2, 5], category: 'goods', text: 'Leite, manteiga e queijo', counterparty: 'Laticínios Boa Vista', amountMinor: 171_000 },
  { on: [3], category: 'goods', text: 'Café em grãos', counterparty: 'Torrefação Barão', amountMinor: 76_000 },
  { on: [6], category: 'goods', text: 'Ovos e frutas', counterparty: 'Ceasa Campinas', amountMinor: 64_000 },
  { on: [4], category: 'packaging', text: 'Sacos e caixas', counterparty: 'Embalagens Sumaré', amountMinor: 38_000 },
];
/** How customers pay, as parts of a thousand, and in how many entries of a day that is told. */
const WAYS = [
  { method: 'pix', part: 360, times: 4, place: 'bank' },
  { method: 'debit-card', part: 270, times: 4, owed: true },
  { method: 'credit-card', part: 190, times: 3, owed: true },
  { method: 'cash', part: 180, times: 4, place: 'drawer' },
] as const;

/** The same numbers for the same day, whenever the demo is made. */
function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
const seedOf = (date: string): number => [...date].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);
const weekdayOf = (date: string): number => new Date(`${date}T12:00:00Z`).getUTCDay();
const around = (amount: number, sway: number, roll: () => number): number => Math.round(amount * (1 + (roll() * 2 - 1) * sway));

/** A usual day sells some R$ 2,700; Saturdays more, Mondays less; December and June have their cakes; the shop grows a little. */
function soldOn(date: string, ago: number, roll: () => number): number {
  const weekday = weekdayOf(date);
  const byWeekday = weekday === SATURDAY ? 1.45 : weekday === SUNDAY ? 1.1 : weekday === MONDAY ? 0.82 : 1;
  const month = date.slice(5, 7);
  const bySeason = month === '12' ? 1.22 : month === '06' ? 1.1 : month === '01' ? 0.9 : 1;
  const grown = 1 + 0.12 * (1 - ago / DAYS);
  return around(268_000 * byWeekday * bySeason * grown, 0.12, roll);
}

function salesOf(date: string, total: number, bank: string, roll: () => number, share = 1): DemoEntry[] {
  return WAYS.flatMap((way) => {
    const own = Math.round((total * way.part * share) / 1000);
    const weights = Array.from({ length: way.times }, () => 0.5 + roll());
    const all = weights.reduce((sum, one) => sum + one, 0);
    return weights.map((weight): DemoEntry => {
      const amountMinor = String(Math.max(250, Math.round((own * weight) / all / 10) * 10));
      const isOrder = way.method === 'pix' && roll() < 0.12;
      return {
        kind: 'in',
        lines: [{ category: isOrder ? 'orders' : 'sales', amountMinor }],
        ...('owed' in way ? { owed: 'cards' as const } : { place: way.place === 'bank' ? bank : way.place }),
        date,
        method: way.method,
        ...(isOrder ? { text: 'Bolo de encomenda' } : {}),
      };
    });
  });
}

const out = (
  date: string,
  bill: Pick<Bill, 'category' | 'text' | 'counterparty'>,
  amount: number,
  place: string,
  method: string,
): DemoEntry => ({
  kind: 'out',
  lines: [{ category: bill.category, amountMinor: String(amount) }],
  place,
  date,
  method,
  text: bill.text,
  counterparty: bill.counterparty,
});
const sum = (entries: readonly DemoEntry[], method: string): bigint =>
  entries.filter((one) => one.method === method).reduce((all, one) => all + BigInt(amountOf(one)), 0n);

/** Entries in the order in which they happened. `bank` is the id of the shop's bank. The last day is only half over, and its drawer is not counted. */
export function bakeryDays(today: string, bank: string): DemoEntry[] {
  const first = addDays(today, -DAYS);
  const entries: DemoEntry[] = [
    { kind: 'opening', amountMinor: '20000', place: 'drawer', date: first },
    { kind: 'opening', amountMinor: '150000', place: 'safe', date: first },
    { kind: 'opening', amountMinor: '2850000', place: bank, date: first },
  ];
  let [onCards, inSafe] = [0n, 0n];
  for (let ago = DAYS; ago >= 0; ago--) {
    const date = addDays(today, -ago);
    const roll = dice(seedOf(date));
    const [weekday, dayOfMonth] = [weekdayOf(date), Number(date.slice(8))];
    // What was sold on cards the day before is paid out on each day on which banks work.
    if (onCards > 0n && weekday !== SUNDAY && weekday !== SATURDAY) {
      const fee = (onCards * CARD_FEE_BP + 5_000n) / 10_000n;
      entries.push({
        kind: 'transfer',
        owed: 'cards',
        toPlace: bank,
        amountMinor: String(onCards - fee),
        date,
        text: 'Repasse da maquininha',
        counterparty: 'Stone',
      });
      entries.push({
        kind: 'out',
        lines: [{ category: 'card-fees', amountMinor: String(fee) }],
        owed: 'cards',
        date,
        text: 'Taxa da maquininha',
        counterparty: 'Stone',
      });
      onCards = 0n;
    }
    const sold = salesOf(date, soldOn(date, ago, roll), bank, roll, ago === 0 ? 0.55 : 1);
    entries.push(...sold);
    onCards += sum(sold, 'debit-card') + sum(sold, 'credit-card');
    for (const supply of SUPPLIES)
      if (supply.on.includes(weekday)) entries.push(out(date, supply, around(supply.amountMinor, 0.14, roll), bank, 'pix'));
    for (const bill of MONTHLY)
      if (bill.day === dayOfMonth) entries.push(out(date, bill, around(bill.amountMinor, bill.sway, roll), bank, 'boleto'));
    const spent = roll() < 0.3 ? pettyCash(date, ago, roll) : undefined;
    if (spent) entries.push(spent);
    // In the evening what came in cash goes to the safe, and on Mondays from there to the bank.
    const left = sum(sold, 'cash') - BigInt(spent ? amountOf(spent) : '0');
    if (ago > 0 && left > 0n)
      entries.push({ kind: 'transfer', place: 'drawer', toPlace: 'safe', amountMinor: String(left), date, text: 'Sangria' });
    if (ago > 0 && left > 0n) inSafe += left;
    if (weekday === MONDAY && inSafe > 0n) {
      entries.push({ kind: 'transfer', place: 'safe', toPlace: bank, amountMinor: String(inSafe), date, text: 'Depósito no banco' });
      inSafe = 0n;
    }
  }
  return entries;
}

const amountOf = ({ amountMinor, lines }: DemoEntry): string => amountMinor ?? lines?.[0]?.amountMinor ?? '0';

/** Something small paid from the drawer. What is older than a week was sorted long ago. */
function pettyCash(date: string, ago: number, roll: () => number): DemoEntry {
  const amountMinor = String(around(3_500, 0.5, roll));
  const [text, category] = roll() < 0.5 ? (['Gelo', 'other-expense'] as const) : (['Material de limpeza', 'cleaning'] as const);
  const sorted = ago > 6 ? { lines: [{ category, amountMinor }] } : { amountMinor };
  return { kind: 'out', ...sorted, place: 'drawer', date, method: 'cash', text };
}
