/** In-memory world of the mock: a person with a month behind her, and a newcomer whose account opens in front of you. */
export type Dir = 'in' | 'out';
export interface Line {
  id: string;
  at: string;
  kind: string;
  direction: Dir;
  amountMinor: string;
  balanceAfterMinor: string | null;
  counterparty: string | null;
  description: string | null;
  paymentId: string | null;
  comprovanteId: string | null;
  status: 'done' | 'pending' | 'failed';
}
export interface World {
  person: { id: string; name: string; firstName: string; initials: string };
  account: { status: 'opening' | 'open'; branch: string | null; number: string | null; pixKey: string | null };
  posted: bigint;
  held: bigint;
  lines: Line[];
  devolucoes: {
    id: string;
    receiptId: string;
    status: string;
    amountMinor: string;
    returnId: string;
    createdAt: string;
    settledAt: string | null;
    reasons: [];
  }[];
  openingOfToday: bigint;
  updatedAt: string | null;
}
export const dayOf = (ms: number): string => new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo' }).format(ms);

const WHO: [string, string | null, Dir][] = [
  ['Maria Aparecida Souza', 'Encomenda de bolo', 'in'],
  ['Moinho Santa Clara Ltda', 'Farinha de trigo', 'out'],
  ['João Pedro Lima', null, 'in'],
  ['Enel Distribuição São Paulo', 'Conta de luz', 'out'],
  ['Laticínios Boa Vista', 'Manteiga e leite', 'out'],
  ['Ana Beatriz Rocha', 'Café da manhã corporativo', 'in'],
  ['Condomínio Edifício Aurora', 'Aluguel da loja 12', 'out'],
  ['Carlos Eduardo Nunes', null, 'in'],
];
function randomOf(seed: number): () => number {
  let s = seed;
  return () => {
    s = (s * 1664525 + 1013904223) >>> 0;
    return s / 2 ** 32;
  };
}
export function richWorld(now: number): World {
  const r = randomOf(42);
  const lines: Line[] = [];
  let balance = 612_480n;
  let openingOfToday = balance;
  const today = dayOf(now);
  for (let t = now - 60 * 86_400_000; t < now - 40_000; t += (2 + r() * 11) * 3_600_000) {
    const [counterparty, description, direction] = WHO[Math.floor(r() * WHO.length)]!;
    const wanted = BigInt(Math.round(direction === 'in' ? 4_000 + r() * 62_000 : 2_500 + r() * 58_000));
    if (direction === 'out' && wanted > balance) continue;
    const failed = direction === 'out' && r() < 0.05;
    if (dayOf(t) < today) openingOfToday = failed ? balance : direction === 'in' ? balance + wanted : balance - wanted;
    if (!failed) balance += direction === 'in' ? wanted : -wanted;
    const id = `ent_${(lines.length + 1000).toString(36)}`;
    lines.unshift({
      id,
      at: new Date(t).toISOString(),
      kind: direction === 'in' ? 'pix-in' : 'pix-out',
      direction,
      amountMinor: String(wanted),
      balanceAfterMinor: failed ? null : String(balance),
      counterparty,
      description,
      paymentId: direction === 'out' ? `pay_seed${lines.length}` : null,
      comprovanteId: failed ? null : direction === 'out' ? `pay_seed${lines.length}` : `rcv_seed${lines.length}`,
      status: failed ? 'failed' : 'done',
    });
  }
  return {
    person: { id: 'per_1', name: 'Helena Duarte Prado', firstName: 'Helena', initials: 'HD' },
    account: { status: 'open', branch: '0001', number: '48213-7', pixKey: 'b7c1e2d4-0f3a-4c55-9a61-5d2f7e8c9b10' },
    posted: balance,
    held: 0n,
    lines,
    devolucoes: [],
    openingOfToday,
    updatedAt: new Date(now - 4_000).toISOString(),
  };
}
export function newWorld(name: string): World {
  const parts = name.split(' ');
  return {
    person: { id: `per_${Date.now()}`, name, firstName: parts[0]!, initials: `${parts[0]![0]}${parts.at(-1)![0]}`.toUpperCase() },
    account: { status: 'opening', branch: null, number: null, pixKey: null },
    posted: 0n,
    held: 0n,
    lines: [],
    devolucoes: [],
    openingOfToday: 0n,
    updatedAt: null,
  };
}
function before(w: World, from: string) {
  const sum = (d: Dir) =>
    String(
      w.lines
        .filter((l) => l.status === 'done' && l.direction === d && dayOf(Date.parse(l.at)) < from)
        .reduce((a, l) => a + BigInt(l.amountMinor), 0n),
    );
  return { inMinor: sum('in'), outMinor: sum('out') };
}
export function homeOf(w: World, now: number) {
  const today = dayOf(now);
  const done = w.lines.filter((l) => l.status === 'done');
  const sum = (list: Line[], d: Dir) => list.filter((l) => l.direction === d).reduce((a, l) => a + BigInt(l.amountMinor), 0n);
  const day = (date: string, opening: bigint) => {
    const list = done.filter((l) => dayOf(Date.parse(l.at)) === date);
    const i = sum(list, 'in');
    const o = sum(list, 'out');
    return {
      date,
      openingMinor: String(opening),
      inMinor: String(i),
      outMinor: String(o),
      netMinor: String(i - o),
      closingMinor: String(opening + i - o),
    };
  };
  const days = [];
  let opening = w.posted;
  for (let k = 0; k < 30; k++) {
    const d = day(dayOf(now - k * 86_400_000), 0n);
    opening -= BigInt(d.netMinor);
    days.unshift(day(d.date, opening));
  }
  const at = days.at(-1) ?? day(today, w.openingOfToday);
  return {
    account: w.account,
    balance: {
      availableMinor: String(w.posted - w.held),
      postedMinor: String(w.posted),
      heldMinor: String(w.held),
      currency: 'BRL',
      asOf: new Date(now).toISOString(),
    },
    today: { ...at, updatedAt: w.updatedAt, pending: w.updatedAt == null, lagMs: w.updatedAt ? 0 : 1200 },
    days: w.updatedAt ? days : [],
    before: before(w, dayOf(now - 29 * 86_400_000)),
    recent: w.lines.slice(0, 6),
  };
}

/** What of a Pix that came in may still be given back. */
export function receivedOf(w: World, id: string) {
  const line = w.lines.find((l) => l.comprovanteId === id && l.direction === 'in');
  if (!line) return null;
  const devolucoes = w.devolucoes.filter((one) => one.receiptId === id);
  const left = BigInt(line.amountMinor) - devolucoes.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);
  return {
    id,
    amountMinor: line.amountMinor,
    creditedAt: line.at,
    endToEndId: 'E1234567820261121150300a1b2c3d4e',
    payerName: line.counterparty ?? '',
    leftMinor: String(left),
    until: new Date(Date.parse(line.at) + 91 * 86_400_000).toISOString(),
    refusal: left === 0n ? 'all-given-back' : null,
    devolucoes,
  };
}

/** The comprovante behind a line, seen from its owner's side. */
export function comprovanteOf(w: World, id: string) {
  const line = w.lines.find((l) => l.comprovanteId === id);
  if (!line) return null;
  const own = {
    name: w.person.name,
    taxIdMasked: '***.982.247-**',
    bankName: 'Lastro',
    ispb: '12345678',
    branch: w.account.branch,
    account: w.account.number,
  };
  const other = {
    name: line.counterparty ?? '',
    taxIdMasked: '12.345.678/0001-95',
    bankName: line.direction === 'out' ? 'Banco Exemplo S.A.' : '',
    ispb: '87654321',
    branch: line.direction === 'out' ? '0321' : null,
    account: line.direction === 'out' ? '77120-4' : null,
  };
  return {
    id,
    direction: line.direction,
    amountMinor: line.amountMinor,
    at: line.at,
    payer: line.direction === 'out' ? own : other,
    payee: line.direction === 'out' ? other : own,
    description: line.description,
    endToEndId: 'E1234567820261121150300a1b2c3d4e',
    txid: id.startsWith('rcv_new') ? id.slice(7) : null,
    returnOf: null,
  };
}
