import { Type } from 'typebox';
import { answer } from './answer.ts';
import { SandboxError } from './errors.ts';
import { ownWords } from './oddities.ts';
import type { Movement } from './payment.ts';
import { applyFaults, type SandboxApp, type Services } from './sandbox-app.ts';
import { strict } from './schemas.ts';

const Instant = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+Z)?$', maxLength: 30 });
const Range = strict({ from: Type.Optional(Instant), to: Type.Optional(Instant) });

const MAX_WINDOW_MS = 31 * 86_400_000;
const Page = strict({
  from: Instant,
  to: Instant,
  cursor: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,40}$' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
});
const DEFAULT_LIMIT = 100;

/** The statement that a customer of the institution gets, and the one that only a sandbox can give. */
export function statementRoutes(app: SandboxApp, services: Services): void {
  const { institution, faults } = services;
  // Money that moved, oldest first, in pages; as far as the institution has come with it.
  app.get('/spi/statement', { schema: { querystring: Page } }, async ({ query }, reply) => {
    const { lagMs = 0, lateMs = 0 } = faults.config.statement ?? {};
    await applyFaults(services, faults, 'statement', reply);
    const fromMs = instantOf(query.from);
    const toMs = instantOf(query.to);
    if (!(fromMs < toMs && toMs - fromMs <= MAX_WINDOW_MS))
      throw new SandboxError(400, 'INVALID_REQUEST', 'from is before to, by 31 days at most');
    const asOfMs = Date.now() - lagMs;
    const tillMs = Math.min(toMs, asOfMs, Date.now() - lateMs);
    const start = query.cursor === undefined ? 0 : positionOf(query.cursor);
    const limit = query.limit ?? DEFAULT_LIMIT;
    const found: { line: ReturnType<typeof lineOf>; next: number }[] = [];
    for (const { movement, position } of institution.moneyMovements(start)) {
      if (movement.atMs < fromMs || movement.atMs >= tillMs) continue;
      // One more than fits tells whether there is a next page.
      if (found.push({ line: lineOf(movement), next: position + 1 }) > limit) break;
    }
    const lines = found.slice(0, limit);
    const nextCursor = found.length > limit ? cursorOf(lines.at(-1)!.next) : null;
    const page = { lines: lines.map(({ line }) => line), nextCursor, asOf: new Date(asOfMs).toISOString() };
    return answer(reply, { faults, group: 'statement', words: ownWords('lines') }, 200, page);
  });

  // What really happened, told apart from what was announced: the oracle of tests.
  app.get('/admin/statement', { schema: { querystring: Range } }, async ({ query }) => {
    const fromMs = query.from === undefined ? Number.NEGATIVE_INFINITY : instantOf(query.from);
    const toMs = query.to === undefined ? Number.POSITIVE_INFINITY : instantOf(query.to);
    const lines = [];
    const sums = { out: { count: 0, minor: 0n }, in: { count: 0, minor: 0n } };
    for (const { atMs, ...movement } of institution.movements()) {
      if (atMs < fromMs || atMs >= toMs) continue;
      lines.push(lineOf({ ...movement, atMs }));
      if (movement.status === 'accepted' || movement.status === 'rejected') continue;
      sums[movement.direction].count++;
      sums[movement.direction].minor += BigInt(movement.amount.replace('.', ''));
    }
    return { lines, sums: { out: written(sums.out), in: written(sums.in) } };
  });
}

function lineOf({ atMs, ...movement }: Movement) {
  return { ...movement, at: new Date(atMs).toISOString() };
}

const cursorOf = (position: number): string => Buffer.from(`p${position}`).toString('base64url');

function positionOf(cursor: string): number {
  const [, digits] = /^p(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (digits === undefined) throw new SandboxError(400, 'INVALID_REQUEST', 'the cursor is none of ours');
  return Number(digits);
}

function instantOf(text: string): number {
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) throw new SandboxError(400, 'INVALID_REQUEST', 'from and to are instants in UTC');
  return atMs;
}

function written({ count, minor }: { count: number; minor: bigint }): { count: number; amount: string } {
  const digits = minor.toString().padStart(3, '0');
  return { count, amount: `${digits.slice(0, -2)}.${digits.slice(-2)}` };
}
