/**
 * A mock of the BFF contract for work on the screens: in memory, no rules of its own worth trusting. Serves dist/ with the nonce and the CSP.
 * Run: `npm run mock -w web` (PORT, default 4300; STEP_MS pace of a payment). Log-ins: helena@exemplo.com.br or 529.982.247-25, any password but "errada";
 * any sign-up makes a newcomer. Keys that make a payment end otherwise: rejeita@, lento@, incerto@, analise@, bloqueado@exemplo.com.br.
 * An amount of R$ 13,13 loses the first answer (504 after it was carried out); R$ 14,14 is lost before. `GET /mock/{expire,drop,down,up}` steer the session, the stream and the home answer.
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { comprovanteOf, dayOf, homeOf, newWorld, receivedOf, richWorld, type World } from './mock-data.ts';
import { drive, type MockPayment, newPayment, pastPayment } from './mock-payments.ts';
import { decode, type MockQuote, Refused, staticCode } from './mock-pix.ts';
import { SECURITY } from './mock-security.ts';

const DIST = join(import.meta.dirname, '../dist/browser');
const STEP_MS = Number(process.env.STEP_MS ?? 700);
const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain',
  '.html': 'text/html; charset=utf-8',
};
interface Login {
  world: World | null;
  csrf: string;
  returnTo: string;
  expiresAt: number;
}
const logins = new Map<string, Login>();
const quotes = new Map<string, MockQuote>();
const payments = new Map<string, MockPayment>();
const answers = new Map<string, unknown>();
const streams = new Set<{ res: ServerResponse; world: World }>();
const rich = richWorld(Date.now());
let position = 1;
let down = false;

function tell(world: World, event: string, data: unknown): void {
  for (const s of streams)
    if (s.world === world)
      s.res.write(`${event === 'payment' ? `id: ${++position}\n` : ''}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
function project(world: World): void {
  setTimeout(() => {
    world.updatedAt = new Date().toISOString();
    const { pending: _p, lagMs: _l, ...day } = homeOf(world, Date.now()).today;
    tell(world, 'day', day);
  }, 350);
}
async function bodyOf(req: IncomingMessage): Promise<Record<string, string>> {
  let text = '';
  for await (const chunk of req) text += chunk;
  return text ? JSON.parse(text) : {};
}
function json(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json', 'cache-control': 'no-store' });
  res.end(JSON.stringify(body));
}
const problem = (res: ServerResponse, status: number, code: string, detail = '') =>
  json(res, status, { type: `https://lastro.dev/problems/${code}`, title: code, status, code, detail, action: '' });

function sessionOf(req: IncomingMessage, res: ServerResponse): Login {
  const id = /lastro=([\w-]+)/.exec(req.headers.cookie ?? '')?.[1];
  const known = id ? logins.get(id) : undefined;
  if (known) return known;
  const fresh: Login = { world: null, csrf: crypto.randomUUID(), returnTo: '/inicio', expiresAt: 0 };
  const sid = crypto.randomUUID();
  logins.set(sid, fresh);
  res.setHeader('set-cookie', `lastro=${sid}; Path=/; HttpOnly; SameSite=Lax`);
  return fresh;
}
function enter(s: Login, world: World): { redirectTo: string } {
  s.world = world;
  s.expiresAt = Date.now() + 30 * 60_000;
  return { redirectTo: s.returnTo };
}
function open(world: World): void {
  setTimeout(() => {
    world.account = { status: 'open', branch: '0001', number: '50071-4', pixKey: crypto.randomUUID() };
    world.updatedAt = new Date().toISOString();
  }, 4000);
}
async function issuer(req: IncomingMessage, res: ServerResponse, path: string, s: Login): Promise<void> {
  const b = await bodyOf(req);
  if (req.headers['x-requested-with'] !== 'lastro') return problem(res, 403, 'BFF_HEADER_MISSING');
  if (path.includes('/reset')) {
    res.writeHead(204).end();
    return;
  }
  if (path.endsWith('/login')) {
    if (b.password === 'errada') return problem(res, 401, 'IDENTITY_BAD_CREDENTIALS');
    if (b.password === 'muitas') res.setHeader('retry-after', '30');
    return b.password === 'muitas' ? problem(res, 429, 'RATE_LIMITED') : json(res, 200, enter(s, rich));
  }
  if (b.cpf === '52998224725' || b.email === 'helena@exemplo.com.br') return problem(res, 409, 'IDENTITY_ACCOUNT_EXISTS');
  const world = newWorld(b.name!);
  open(world);
  json(res, 201, enter(s, world));
}
function pay(w: World, b: Record<string, string>): MockPayment {
  const q = quotes.get(b.quoteId!);
  if (!q) throw new Refused(422, 'PAYMENTS_QUOTE_EXPIRED', 'A consulta venceu. Leia o código de novo.');
  const p = newPayment(q, b.amountMinor!, b.description ?? null);
  payments.set(p.id, p);
  w.lines.unshift({
    id: `ent_${p.id}`,
    at: p.createdAt,
    kind: 'pix-out',
    direction: 'out',
    amountMinor: p.amountMinor,
    balanceAfterMinor: null,
    counterparty: p.payee.name,
    description: p.description,
    paymentId: p.id,
    comprovanteId: null,
    status: 'pending',
  });
  void drive(
    p,
    q.outcome,
    w,
    (e, d) => {
      tell(w, e, d);
      if (e === 'payment' && (d as { status: string }).status === 'settled') project(w);
    },
    STEP_MS,
  );
  return p;
}
function receive(w: World, amountMinor: string, txid = ''): void {
  setTimeout(() => {
    w.posted += BigInt(amountMinor);
    const comprovanteId = txid ? `rcv_new${txid}` : `rcv_${crypto.randomUUID()}`;
    w.lines.unshift({
      id: `ent_${crypto.randomUUID()}`,
      at: new Date().toISOString(),
      kind: 'pix-in',
      direction: 'in',
      amountMinor,
      balanceAfterMinor: String(w.posted),
      counterparty: 'Pagador de Teste',
      description: 'Pix de teste',
      paymentId: null,
      comprovanteId,
      status: 'done',
    });
    tell(w, 'payment', { id: comprovanteId, status: 'settled' });
    tell(w, 'balance', { availableMinor: String(w.posted - w.held), postedMinor: String(w.posted), heldMinor: String(w.held) });
    project(w);
  }, STEP_MS);
}
function statement(w: World, q: URLSearchParams) {
  const from = q.get('from');
  const direction = q.get('direction');
  const search = (q.get('search') ?? '').toLowerCase();
  const failed = q.get('status') === 'failed';
  const all = w.lines.filter(
    (l) =>
      (l.status === 'failed') === failed &&
      (!from || dayOf(Date.parse(l.at)) >= from) &&
      (!direction || l.direction === direction) &&
      `${l.counterparty} ${l.description}`.toLowerCase().includes(search),
  );
  const start = Number(q.get('cursor') ?? 0);
  const end = start + Math.min(100, Number(q.get('limit') ?? 30));
  const dates = new Set(all.slice(start, end).map((l) => dayOf(Date.parse(l.at))));
  const days = homeOf(w, Date.now()).days.filter((d) => dates.has(d.date));
  return { lines: all.slice(start, end), next: end < all.length ? String(end) : null, days: failed ? [] : days };
}
async function bff(req: IncomingMessage, res: ServerResponse, url: URL, s: Login): Promise<void> {
  const path = url.pathname;
  if (path === '/bff/login') {
    s.returnTo = url.searchParams.get('returnTo') ?? '/inicio';
    res.writeHead(302, { location: `/entrar/${crypto.randomUUID().slice(0, 8)}?screen=${url.searchParams.get('screen') ?? 'sign-in'}` });
    res.end();
    return;
  }
  if (path === '/bff/v1/session') {
    const base = { authenticated: !!s.world, csrfToken: s.csrf, sandbox: true };
    return json(res, 200, s.world ? { ...base, person: s.world.person, expiresAt: new Date(s.expiresAt).toISOString() } : base);
  }
  const w = s.world;
  if (!w) return problem(res, 401, 'BFF_SESSION_EXPIRED');
  if (path === '/bff/v1/events') {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    res.write(': hello\n\n');
    const stream = { res, world: w };
    streams.add(stream);
    const beat = setInterval(() => res.write(': beat\n\n'), 15_000);
    res.on('close', () => {
      clearInterval(beat);
      streams.delete(stream);
    });
    return;
  }
  if (req.method === 'GET') {
    const security = SECURITY[path];
    if (security) return json(res, 200, security());
    if (path === '/bff/v1/accounts') return json(res, 200, { accounts: [] });
    if (path === '/bff/v1/home') return down ? problem(res, 503, 'BFF_DOWN') : json(res, 200, homeOf(w, Date.now()));
    if (path === '/bff/v1/statement') return json(res, 200, statement(w, url.searchParams));
    if (path === '/bff/v1/pix/receive-code') {
      const txid = crypto.randomUUID().replaceAll('-', '').slice(0, 25);
      const amountMinor = url.searchParams.get('amountMinor');
      // Somebody pays a code of R$ 19,90 soon after it is shown.
      if (amountMinor === '1990') receive(w, amountMinor, txid);
      return json(res, 200, {
        code: staticCode(w.account.pixKey ?? '', amountMinor ? `${amountMinor.slice(0, -2)}.${amountMinor.slice(-2)}` : undefined),
        txid,
        pixKey: w.account.pixKey,
        payeeName: w.person.name,
        amountMinor,
      });
    }
    if (path.startsWith('/bff/v1/pix/received/')) {
      const found = receivedOf(w, path.split('/').at(-1)!);
      return found ? json(res, 200, found) : problem(res, 404, 'PAYMENTS_RECEIPT_NOT_FOUND');
    }
    if (path.startsWith('/bff/v1/comprovantes/')) {
      const asked = path.split('/')[4]!;
      const paid = payments.get(asked);
      if (paid && !w.lines.some((l) => l.comprovanteId === asked)) w.lines.find((l) => l.paymentId === asked)!.comprovanteId = asked;
      const found = comprovanteOf(w, asked);
      if (!found) return problem(res, 404, 'PAYMENTS_NOT_FOUND');
      if (!path.endsWith('/pdf')) return json(res, 200, found);
      res.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF-1.4');
      return;
    }
    const id = path.split('/').at(-1)!;
    if (path.includes('/by-key/')) {
      const made = answers.get(decodeURIComponent(id));
      return made ? json(res, 200, made) : problem(res, 404, 'PAYMENTS_NOT_FOUND');
    }
    const p = payments.get(id) ?? pastPayment(id, w);
    return p ? json(res, 200, p) : problem(res, 404, 'PAYMENTS_NOT_FOUND');
  }
  const key = String(req.headers['idempotency-key'] ?? '');
  if (req.headers['x-csrf-token'] !== s.csrf) return problem(res, 403, 'BFF_CSRF_MISMATCH');
  if (!key) return problem(res, 400, 'IDEMPOTENCY_KEY_MISSING');
  const b = await bodyOf(req);
  if (path === '/bff/v1/logout') {
    s.world = null;
    res.writeHead(204);
    res.end();
    return;
  }
  if (path === '/bff/v1/pix/decode') {
    const { outcome, ...q } = decode(b.code ?? '');
    quotes.set(q.quoteId, { ...q, outcome });
    return json(res, 200, q);
  }
  if (path === '/bff/v1/sandbox/receive') {
    if (!answers.has(key)) receive(w, b.amountMinor!);
    answers.set(key, {});
    return json(res, 202, {});
  }
  if (path === '/bff/v1/pix/returns') {
    if (!answers.has(key)) answers.set(key, giveBack(w, b));
    return json(res, 201, answers.get(key));
  }
  if (path === '/bff/v1/payments') {
    if (b.amountMinor === '1414') return problem(res, 504, 'BFF_TIMEOUT');
    const first = !answers.has(key);
    if (first) answers.set(key, pay(w, b));
    if (first && b.amountMinor === '1313') return problem(res, 504, 'BFF_TIMEOUT');
    return json(res, 201, answers.get(key));
  }
  problem(res, 404, 'NOT_FOUND');
}
/** Settled a moment later, as a real one. */
function giveBack(w: World, { receiptId = '', amountMinor = '0' }: Record<string, string>) {
  const made = { id: `dev_${crypto.randomUUID()}`, receiptId, amountMinor, returnId: 'D1234567820261121150300a1b2c3d4e' };
  const row = { ...made, status: 'processing', createdAt: new Date().toISOString(), settledAt: null as string | null, reasons: [] as [] };
  w.devolucoes.push(row);
  setTimeout(() => {
    Object.assign(row, { status: 'settled', settledAt: new Date().toISOString() });
    tell(w, 'devolucao', { id: row.id, status: 'settled' });
  }, 600);
  return { ...row };
}
function csp(nonce: string): string {
  return `default-src 'none'; script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types angular angular#components angular#bundler lastro`;
}
async function files(res: ServerResponse, path: string): Promise<void> {
  const name = normalize(path).replace(/^\/+/, '');
  const asset = extname(name) ? name : 'index.html';
  try {
    const data = await readFile(join(DIST, asset));
    const head: Record<string, string> = {
      'content-type': TYPES[extname(asset)] ?? 'application/octet-stream',
      'x-content-type-options': 'nosniff',
    };
    if (asset !== 'index.html') return void res.writeHead(200, { ...head, 'cache-control': 'max-age=31536000, immutable' }).end(data);
    const nonce = crypto.randomUUID();
    res.writeHead(200, { ...head, 'cache-control': 'no-store', 'content-security-policy': csp(nonce) });
    res.end(data.toString().replaceAll('__CSP_NONCE__', nonce));
  } catch {
    res.writeHead(404).end();
  }
}
function steer(res: ServerResponse, what: string, s: Login): void {
  if (what === 'expire') s.world = null;
  if (what === 'soon') s.expiresAt = Date.now() + 100_000;
  if (what === 'drop') for (const x of streams) x.res.destroy();
  if (what === 'down' || what === 'up') down = what === 'down';
  if (what === 'undayed' && s.world) s.world.updatedAt = null;
  if (what === 'dayed' && s.world) s.world.updatedAt = new Date().toISOString();
  json(res, 200, { what });
}
async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://mock');
  const s = sessionOf(req, res);
  try {
    if (url.pathname.startsWith('/mock/')) return steer(res, url.pathname.slice(6), s);
    if (url.pathname.startsWith('/bff/')) return await bff(req, res, url, s);
    if (req.method === 'POST' && url.pathname.startsWith('/entrar/')) return await issuer(req, res, url.pathname, s);
    return await files(res, url.pathname);
  } catch (err) {
    if (err instanceof Refused) return problem(res, err.status, err.code, err.detail);
    console.error(err);
    problem(res, 500, 'MOCK_BROKE');
  }
}
export function startMock(port: number): Promise<{ url: string; close: () => void }> {
  const server = createServer((req, res) => void handle(req, res));
  return new Promise((done) =>
    server.listen(port, '127.0.0.1', () => {
      const at = server.address();
      const url = `http://127.0.0.1:${typeof at === 'object' && at ? at.port : port}`;
      done({
        url,
        close: () => {
          server.closeAllConnections();
          server.close();
        },
      });
    }),
  );
}
if (import.meta.main) console.log(`mock BFF on ${(await startMock(Number(process.env.PORT ?? 4300))).url}`);
