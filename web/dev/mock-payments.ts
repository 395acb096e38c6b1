import type { World } from './mock-data.ts';
import type { MockQuote } from './mock-pix.ts';

export type Tell = (event: string, data: unknown) => void;
type Status = 'processing' | 'in-review' | 'declined' | 'sent' | 'settled' | 'failed' | 'unknown';
interface Step {
  name: string;
  status: 'done' | 'running' | 'failed' | 'waiting';
  at: string | null;
  attempt: number;
  durationMs: number | null;
}
export interface MockPayment {
  id: string;
  status: Status;
  amountMinor: string;
  payee: { name: string; taxIdMasked: string; bankName: string };
  description: string | null;
  createdAt: string;
  settledAt: string | null;
  endToEndId: string | null;
  reasons: { code: string; message: string }[];
  steps: Step[];
}
const NAMES = ['risk', 'hold', 'send', 'confirm', 'settle'];
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const iso = () => new Date().toISOString();

export function newPayment(q: MockQuote, amountMinor: string, description: string | null): MockPayment {
  const steps = NAMES.map(
    (name, i): Step => ({ name, status: i ? 'waiting' : 'running', at: i ? null : iso(), attempt: 1, durationMs: null }),
  );
  const { name, taxIdMasked, bankName } = q.payee;
  return {
    id: `pay_${crypto.randomUUID().replaceAll('-', '').slice(0, 22)}`,
    status: 'processing',
    amountMinor,
    payee: { name, taxIdMasked, bankName },
    description,
    createdAt: iso(),
    settledAt: null,
    endToEndId: null,
    reasons: [],
    steps,
  };
}
/** One of the seeded statement lines, as the settled payment behind it. */
export function pastPayment(id: string, w: World): MockPayment | null {
  const l = w.lines.find((x) => x.paymentId === id);
  if (!l) return null;
  const ok = l.status === 'done';
  const steps = NAMES.map(
    (name, i): Step => ({
      name,
      status: ok || i < 3 ? 'done' : i === 3 ? 'failed' : 'waiting',
      at: l.at,
      attempt: 1,
      durationMs: 12 + i * 37,
    }),
  );
  return {
    id,
    status: ok ? 'settled' : 'failed',
    amountMinor: l.amountMinor,
    payee: { name: l.counterparty ?? '', taxIdMasked: '**.345.678/0001-**', bankName: 'Banco Exemplo S.A.' },
    description: l.description,
    createdAt: l.at,
    settledAt: ok ? l.at : null,
    endToEndId: 'E1234567820261121150300a1b2c3d4e',
    reasons: ok ? [] : [{ code: 'AC03', message: 'A conta de destino não existe ou foi encerrada.' }],
    steps,
  };
}
/** Walks a payment through its steps, at a pace for human eyes. `stepMs` is the length of a step. */
export async function drive(p: MockPayment, outcome: string, w: World, tell: Tell, stepMs: number): Promise<void> {
  const amount = BigInt(p.amountMinor);
  const line = w.lines.find((l) => l.paymentId === p.id)!;
  const balance = () =>
    tell('balance', { availableMinor: String(w.posted - w.held), postedMinor: String(w.posted), heldMinor: String(w.held) });
  const set = (status: Status) => {
    p.status = status;
    tell('payment', { id: p.id, status });
  };
  const end = (i: number, status: Step['status'], next = true) => {
    Object.assign(p.steps[i]!, { status, durationMs: stepMs * 0.7 });
    if (next && p.steps[i + 1]) Object.assign(p.steps[i + 1]!, { status: 'running', at: iso() });
  };
  await pause(stepMs);
  if (outcome === 'analise') {
    p.steps[0]!.name = 'risk-review';
    p.reasons = [{ code: 'RISK_NEW_PAYEE', message: 'Valor alto para quem recebe de você pela primeira vez.' }];
    return set('in-review');
  }
  if (outcome === 'bloqueado' || amount > w.posted - w.held) {
    end(0, 'failed', false);
    p.reasons =
      outcome === 'bloqueado'
        ? [
            { code: 'RISK_BLOCK_LISTED', message: 'Quem vai receber está em uma lista de fraude.' },
            { code: 'RISK_NEW_PAYEE', message: 'Primeiro pagamento para esta conta.' },
          ]
        : [{ code: 'PAYMENTS_INSUFFICIENT_FUNDS', message: 'O saldo disponível não cobre o valor.' }];
    line.status = 'failed';
    return set('declined');
  }
  end(0, 'done');
  await pause(stepMs);
  w.held += amount;
  end(1, 'done');
  balance();
  await pause(stepMs);
  p.endToEndId = `E12345678${iso().replace(/\D/g, '').slice(0, 12)}a1B2c3D4e5F`.slice(0, 32);
  end(2, 'done');
  if (outcome === 'incerto') return set('unknown');
  if (outcome === 'lento') {
    set('unknown');
    p.steps[3]!.attempt = 3;
    await pause(stepMs * 6);
  } else set('sent');
  await pause(stepMs);
  w.held -= amount;
  if (outcome === 'rejeita') {
    end(3, 'failed', false);
    p.reasons = [{ code: 'AC03', message: 'A conta de destino não existe ou foi encerrada.' }];
    line.status = 'failed';
    balance();
    return set('failed');
  }
  w.posted -= amount;
  end(3, 'done');
  end(4, 'done');
  p.settledAt = iso();
  line.status = 'done';
  line.balanceAfterMinor = String(w.posted);
  balance();
  set('settled');
}
