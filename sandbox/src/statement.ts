import { Type } from 'typebox';
import { SandboxError } from './errors.ts';
import type { SandboxApp, Services } from './sandbox-app.ts';
import { strict } from './schemas.ts';

const Instant = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+Z)?$', maxLength: 30 });
const Range = strict({ from: Type.Optional(Instant), to: Type.Optional(Instant) });

/** What really happened, told apart from what was announced: the oracle of tests and of reconciliation. */
export function statementRoutes(app: SandboxApp, { institution }: Services): void {
  app.get('/admin/statement', { schema: { querystring: Range } }, async ({ query }) => {
    const fromMs = query.from === undefined ? Number.NEGATIVE_INFINITY : instantOf(query.from);
    const toMs = query.to === undefined ? Number.POSITIVE_INFINITY : instantOf(query.to);
    const lines = [];
    const sums = { out: { count: 0, minor: 0n }, in: { count: 0, minor: 0n } };
    for (const { atMs, ...movement } of institution.movements()) {
      if (atMs < fromMs || atMs >= toMs) continue;
      lines.push({ ...movement, at: new Date(atMs).toISOString() });
      if (movement.status === 'accepted' || movement.status === 'rejected') continue;
      sums[movement.direction].count++;
      sums[movement.direction].minor += BigInt(movement.amount.replace('.', ''));
    }
    return { lines, sums: { out: written(sums.out), in: written(sums.in) } };
  });
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
