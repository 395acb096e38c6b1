import { randomBytes } from 'node:crypto';
import { postgresDriver } from '#platform/blob/postgres.ts';
import { createBlobs } from '#platform/blob/store.ts';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { manualClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { collectParts, type Keeper, type KeeperFace, type Obstacle, onePage, type Stay } from '#platform/privacy/keeper.ts';
import { createPostgresQueue } from '#platform/queue/postgres.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { createVault } from '#platform/vault/vault.ts';
import type { TestDatabase } from '../../../test/support/test-database.ts';
import { createPrivacy, type Privacy } from './index.ts';

export const log = createLogger({ level: 'fatal' });
export const DAY_MS = 86_400_000;
export const WAIT_MS = 900_000;
export const STAY: Stay = { code: 'KEPT', pt: 'fica', en: 'stays', law: 'a law', years: 10 };
export const MONEY: Obstacle = { code: 'MONEY', pt: 'Há dinheiro.', en: 'There is money.' };

/** A house of two keepers and a person, with one process; `crashAt` ends the process there, once. */
export function houseOf(database: TestDatabase) {
  const tenantId = newId();
  const clock = manualClock(Date.UTC(2026, 10, 30, 12));
  const { db } = database;
  const bus = createPostgresBus({ db, log, clock });
  const vault = createVault({ db, masterKey: randomBytes(32), now: () => clock.now() });
  const queue = createPostgresQueue({ db, log });
  const blobs = createBlobs({ driver: postgresDriver(db), vault, clock }, 'privacy');
  const subjectId = newId();
  const second = newId();
  const state = {
    obstacles: [] as Obstacle[],
    stays: [STAY] as Stay[],
    closed: false,
    sealed: Buffer.alloc(0) as Buffer,
    erased: [] as string[],
    crashAt: '',
    /** What somebody else does, once, while accounts are being closed, or while keepers are being asked. */
    whileClosing: undefined as (() => Promise<unknown>) | undefined,
    whileJudged: undefined as (() => Promise<unknown>) | undefined,
  };
  async function meanwhile(when: 'whileClosing' | 'whileJudged'): Promise<void> {
    const work = state[when];
    state[when] = undefined;
    await work?.();
  }
  const keeper = (name: string): KeeperFace => ({
    collectPersonalData: collectParts({
      first: onePage(async (_ctx, { retained }) => {
        const read = retained ? vault.openRetained : vault.open;
        return [{ of: name, name: await read(tenantId, second, 'name', state.sealed) }];
      }),
      second: async (_ctx, _whose, after) => ({ rows: [{ at: after ?? '0' }], next: after === null ? '1' : null }),
    }),
    async judgeErasure() {
      await meanwhile('whileJudged');
      return { obstacles: name === 'money' ? state.obstacles : [], stays: name === 'money' ? state.stays : [] };
    },
    async erasePersonalData() {
      state.erased.push(name);
      return {};
    },
  });
  const parts = { first: { pt: 'Um', en: 'One' }, second: { pt: 'Dois', en: 'Two' } };
  const keepers: Keeper[] = ['identity', 'money'].map((module) => ({ module, parts, face: keeper(module) }));
  const privacy = createPrivacy({
    ...{ db, bus, vault, clock, log, queue, blobs, metrics: createMetrics(), waitMs: WAIT_MS },
    keepers: () => keepers,
    identity: {
      getPerson: async () => ({ subjectId, name: 'Ana', firstName: 'Ana', cpf: '529.982.247-25', email: '', createdAt: '', erased: false }),
      async proveAgain(_ctx, { proof }) {
        if (proof.password !== 'right') throw new Error('not proved');
        return {};
      },
    },
    accounts: {
      listActingOn: async () => ({ accounts: [{ accountId: second, partyId: subjectId }] as never }),
      async closeAccounts(_ctx, { closed }) {
        if (closed) await meanwhile('whileClosing');
        state.closed = closed;
        return { accountIds: [second] };
      },
    },
    crashPoint(name) {
      if (name !== state.crashAt) return;
      state.crashAt = '';
      throw new Error(`killed at ${name}`);
    },
  });
  const face = privacy.face!.impl as Privacy;
  const own: CallContext = { tenantId, actor: { kind: 'person', id: subjectId } };
  const proved = { subjectId, grantId: 'g', acr: 'aal1', proof: { password: 'right' } };
  const job = (name: string) => privacy.jobs!.find((one) => one.name === name)!;
  /** What the job does for this person, as the next process would. */
  const runJob = (name = 'privacy.erasures') =>
    job(name).run({
      db,
      log,
      signal: new AbortController().signal,
      dueAtMs: clock.now(),
      async each(names, work) {
        for (const one of names.filter((name) => name.startsWith(tenantId))) await work(one, new AbortController().signal);
        return {};
      },
    });
  return { tenantId, clock, vault, queue, blobs, bus, face, own, proved, state, subjectId, second, runJob, privacy, keepers };
}
export type House = ReturnType<typeof houseOf>;

export async function worked(one: House, exportId: string): Promise<void> {
  const working = one.queue.work(one.privacy.queues!);
  try {
    for (;;) {
      const { exports } = await one.face.getPrivacy(one.own, { subjectId: one.subjectId });
      const retained = (await one.face.listDisclosures(one.own, {})).disclosures;
      if ([...exports, ...retained].find(({ id }) => id === exportId)?.readyAt) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    await working.stop();
  }
}
export const textOf = (piece: { base64: string }): string => Buffer.from(piece.base64, 'base64').toString('utf8');
export const code = (wanted: string) => (error: unknown) => error instanceof AppError && error.code === wanted;
export async function erased(one: House) {
  await one.face.askErasure(one.own, one.proved);
  await one.runJob();
  one.clock.advance(WAIT_MS);
  await one.runJob();
  await one.runJob();
  return (await one.face.getPrivacy(one.own, { subjectId: one.subjectId })).erasure!;
}
