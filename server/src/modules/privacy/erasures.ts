import { businessDate } from '#platform/clock.ts';
import { type Actor, type CallContext, systemContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import type { Job } from '#platform/jobs/job.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { Obstacle } from '#platform/privacy/keeper.ts';
import type { Keepers } from './ask-keepers.ts';
import type { ErasureView } from './contract.ts';
import { mayWithdraw, retainedUntil } from './domain/erasure.ts';
import { refusePrivacy } from './errors.ts';
import { ERASURE_ASKED, ERASURE_ENDED, RETENTION_ENDED } from './events.ts';
import type { OwnAccounts } from './own-accounts.ts';
import {
  type Due,
  type ErasureRow,
  endRetention,
  findDue,
  findErasure,
  findErasures,
  findLastErasure,
  findTermsOver,
  insertErasure,
  noteReopened,
  takeStep,
} from './store/erasures.ts';

const EVERY_MS = 2_000;
const AT_ONCE = 100;
export const CPF_PURPOSE = 'privacy.retained-cpf';

type Person = { cpf: string };
type Deps = Pick<PlatformDeps, 'db' | 'bus' | 'vault' | 'clock' | 'log'> & {
  keepers: Keepers;
  accounts: OwnAccounts;
  getPerson: (ctx: CallContext, input: { subjectId: string }) => Promise<Person>;
  /** How long a closed account waits for what was promised of it before, such as quotes. */
  waitMs: number;
  crashPoint?: ((name: string) => void) | undefined;
};

export const showErasure = (row: ErasureRow): ErasureView => {
  const { id, subjectId, state, askedBy, askedAt, dueAt, endedAt, obstacles, stays, retentionEndedAt } = row;
  return {
    id,
    subjectId,
    state,
    askedBy,
    askedAt: askedAt.toISOString(),
    dueAt: dueAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    obstacles,
    stays,
    retainedUntil: row.retainedUntil,
    retentionEndedAt: retentionEndedAt?.toISOString() ?? null,
  };
};

/** Why it cannot be, in the sentences of those who know. */
export function refuseObstacles(obstacles: readonly Obstacle[]) {
  const said = (language: 'pt' | 'en') => obstacles.map((one) => one[language]).join(' ');
  return refusePrivacy('PRIVACY_NOT_YET', { detail: { pt: said('pt'), en: said('en') } });
}

/** Erasure of people, step by step: each is committed before it is taken, and harmless to take again, so that whoever comes after a crash goes on. */
export function createErasures({ db, bus, vault, clock, log, keepers, accounts, getPerson, waitMs, crashPoint }: Deps) {
  const scope = (tenantId: string) => ({ module: 'privacy', tenants: [tenantId] });
  const now = () => new Date(clock.now());
  const told = ({ tenantId, subjectId }: Pick<ErasureRow, 'tenantId' | 'subjectId'>, type: string, actor: Actor, data: object) => {
    return { id: newId(), type, tenantId, key: subjectId, subjectId, actor, time: now().toISOString(), data };
  };

  /** In the caller's transaction. What is under way, or done, stays the one. */
  async function begin(tx: Tx, tenantId: string, subjectId: string, by: Actor): Promise<ErasureRow> {
    const row = { tenantId, id: newId(), subjectId, askedBy: by, askedAt: now() };
    if (await insertErasure(tx, row)) await bus.publish(tx, [told(row, ERASURE_ASKED, by, { erasureId: row.id })]);
    return (await findLastErasure(tx, tenantId, subjectId))!;
  }

  /** Takes a step, and tells when it is the last one. */
  function step(row: ErasureRow, actor: Actor, next: Parameters<typeof takeStep>[2]): Promise<boolean> {
    return db.tx(scope(row.tenantId), async (tx) => {
      if (!(await takeStep(tx, row, next))) return false;
      const outcome = next.state;
      if (outcome === 'done' || outcome === 'refused' || outcome === 'withdrawn') {
        const { obstacles, stays, retainedUntil: until } = { ...row, ...next };
        const codes = { obstacles: obstacles.map(({ code }) => code), stays: stays.map(({ code }) => code) };
        await bus.publish(tx, [told(row, ERASURE_ENDED, actor, { erasureId: row.id, outcome, ...codes, retainedUntil: until })]);
      }
      return true;
    });
  }

  /** What is in the way ends it; the accounts are opened again by the step after. */
  async function refuse(ctx: CallContext, row: ErasureRow, obstacles: Obstacle[]): Promise<void> {
    if (!(await step(row, ctx.actor, { state: 'refused', dueAt: now(), endedAt: now(), obstacles }))) return giveWay(ctx, row);
    await reopen(ctx, { ...row, state: 'refused' });
  }

  /** Somebody else took a step, maybe before the accounts were closed here: they are opened again if it has ended without being done, and only then. */
  async function giveWay(ctx: CallContext, { tenantId, id }: ErasureRow): Promise<void> {
    const row = await db.tx({ ...scope(tenantId), single: true }, (tx) => findErasure(tx, tenantId, id));
    if (row?.state === 'refused' || row?.state === 'withdrawn') await reopen(ctx, row);
  }

  /** The accounts are as they were before, unless the person has asked anew meanwhile. */
  async function reopen(ctx: CallContext, row: ErasureRow): Promise<void> {
    const last = await db.tx({ ...scope(row.tenantId), single: true }, (tx) => findLastErasure(tx, row.tenantId, row.subjectId));
    if (last?.id === row.id) await accounts.close(ctx, row.subjectId, false);
    await db.tx(scope(row.tenantId), (tx) => noteReopened(tx, row));
  }

  async function close(ctx: CallContext, row: ErasureRow): Promise<void> {
    const accountIds = await accounts.close(ctx, row.subjectId, true);
    crashPoint?.('privacy.closed');
    const { obstacles } = await keepers.judge(ctx, { subjectId: row.subjectId, accountIds });
    if (obstacles.length > 0) return refuse(ctx, row, obstacles);
    const next = { state: 'waiting', accountIds, dueAt: new Date(clock.now() + waitMs) } as const;
    if (!(await step(row, ctx.actor, next))) await giveWay(ctx, row);
  }

  async function decide(ctx: CallContext, row: ErasureRow): Promise<void> {
    const { subjectId, tenantId } = row;
    const accountIds = await accounts.close(ctx, subjectId, true);
    const { obstacles, stays } = await keepers.judge(ctx, { subjectId, accountIds });
    if (obstacles.length > 0) return refuse(ctx, row, obstacles);
    const { cpf } = await getPerson(ctx, { subjectId });
    const cpfHash = stays.length > 0 && cpf ? vault.lookupHash(tenantId, CPF_PURPOSE, cpf.replace(/\D/g, '')) : null;
    const until = retainedUntil(stays, businessDate(clock.now()));
    const next = { state: 'erasing', accountIds, stays, cpfHash, retainedUntil: until, dueAt: now() } as const;
    if (!(await step(row, ctx.actor, next))) await giveWay(ctx, row);
  }

  /** From the first module on there is no way back: whoever takes it up again takes it to its end. */
  async function erase(ctx: CallContext, row: ErasureRow): Promise<void> {
    const { subjectId, tenantId } = row;
    let { accountIds } = row;
    for (const { module, face } of keepers.all()) {
      await face.erasePersonalData(ctx, { subjectId, accountIds });
      crashPoint?.(`privacy.erased-${module}`);
      // Nobody logs in as this person any more: no account is opened after this.
      if (module === 'identity') accountIds = [...new Set([...accountIds, ...(await accounts.close(ctx, subjectId, true))])];
    }
    for (const id of new Set([subjectId, ...accountIds])) {
      await (row.stays.length > 0 ? vault.retain(tenantId, id) : vault.destroy(tenantId, id));
      crashPoint?.('privacy.key-gone');
    }
    await step(row, ctx.actor, { state: 'done', accountIds, dueAt: null, endedAt: now() });
  }

  const STEPS = { asked: close, waiting: decide, erasing: erase, refused: reopen, withdrawn: reopen } as const;

  async function advance({ tenantId, id }: Due): Promise<void> {
    const row = await db.tx({ ...scope(tenantId), single: true }, (tx) => findErasure(tx, tenantId, id));
    if (!row?.dueAt || row.dueAt.getTime() > clock.now()) return;
    await STEPS[row.state as keyof typeof STEPS](systemContext(tenantId, 'privacy'), row);
  }

  /** The day has come. Money that came after the erasure is somebody's: while there is some, whose it is stays known. */
  async function endTerm({ tenantId, id }: Due): Promise<void> {
    const row = await db.tx({ ...scope(tenantId), single: true }, (tx) => findErasure(tx, tenantId, id));
    if (!row) return;
    const { subjectId, accountIds } = row;
    const ctx = systemContext(tenantId, 'privacy');
    const { obstacles } = await keepers.judge(ctx, { subjectId, accountIds });
    if (obstacles.length > 0) {
      log.warn({ erasure: id, obstacles: obstacles.map(({ code }) => code) }, 'a term of retention is over, and something keeps it open');
      return;
    }
    for (const one of new Set([subjectId, ...accountIds])) await vault.endRetention(tenantId, one);
    await db.tx(scope(tenantId), async (tx) => {
      if (await endRetention(tx, { tenantId, id }, now()))
        await bus.publish(tx, [told(row, RETENTION_ENDED, ctx.actor, { erasureId: id })]);
    });
  }

  const named = ({ tenantId, id }: Due): string => `${tenantId}/${id}`;
  const eachOf = (due: readonly Due[]) => new Map(due.map((one) => [named(one), one]));
  const jobs: Job[] = [
    {
      name: 'privacy.erasures',
      everyMs: EVERY_MS,
      async run({ db: given, each }) {
        const due = eachOf(await given.tx({ module: 'privacy', system: true }, (tx) => findDue(tx, now(), AT_ONCE)));
        return each([...due.keys()], (name) => advance(due.get(name)!));
      },
    },
    {
      name: 'privacy.retention',
      dailyAt: '04:10',
      zone: 'America/Sao_Paulo',
      async run({ db: given, each }) {
        const today = businessDate(clock.now());
        const over = eachOf(await given.tx({ module: 'privacy', system: true }, (tx) => findTermsOver(tx, today, 10_000)));
        return each([...over.keys()], (name) => endTerm(over.get(name)!));
      },
    },
  ];

  return {
    begin,
    jobs,
    advance,
    endTerm,
    async last(tenantId: string, subjectId: string): Promise<ErasureRow | undefined> {
      return db.tx({ ...scope(tenantId), single: true }, (tx) => findLastErasure(tx, tenantId, subjectId));
    },
    async find(tenantId: string, by: { subjectId?: string | undefined; cpf?: string | undefined }): Promise<ErasureRow[]> {
      const cpfHash = by.cpf === undefined ? null : vault.lookupHash(tenantId, CPF_PURPOSE, by.cpf.replace(/\D/g, ''));
      return db.tx({ ...scope(tenantId), single: true }, (tx) => findErasures(tx, tenantId, { subjectId: by.subjectId ?? null, cpfHash }));
    },
    /** What is in the way, and what would stay. */
    async judge(ctx: CallContext, subjectId: string) {
      return keepers.judge(ctx, { subjectId, accountIds: await accounts.list(ctx, subjectId) });
    },
    /** @throws PRIVACY_ERASURE_UNKNOWN, PRIVACY_TOO_LATE */
    async withdraw(ctx: CallContext, subjectId: string): Promise<ErasureRow> {
      const { tenantId } = ctx;
      const row = await db.tx({ ...scope(tenantId), single: true }, (tx) => findLastErasure(tx, tenantId, subjectId));
      if (!row) throw refusePrivacy('PRIVACY_ERASURE_UNKNOWN');
      if (row.state === 'withdrawn') return row;
      if (!mayWithdraw(row.state)) throw refusePrivacy('PRIVACY_TOO_LATE');
      // First the word, then the accounts: whoever decides meanwhile finds that it was taken back.
      const ended = { state: 'withdrawn', dueAt: now(), endedAt: now() } as const;
      if (!(await step(row, ctx.actor, ended))) throw refusePrivacy('PRIVACY_TOO_LATE');
      await reopen(ctx, { ...row, ...ended });
      return { ...row, ...ended, dueAt: null };
    },
  };
}

export type Erasures = ReturnType<typeof createErasures>;
