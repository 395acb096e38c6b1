import type { Bus } from '#platform/bus/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { Db } from '#platform/db/db.ts';
import { assert, type Words } from '#platform/errors.ts';
import { parseMinor } from '#platform/money.ts';
import { flawOfWords } from '#platform/text.ts';
import type { NewAccount } from './contract.ts';
import { announceAccount } from './domain/announce.ts';
import type { Account, Metadata } from './domain/model.ts';
import { readMetadata } from './domain/read-command.ts';
import { refuseLedger } from './errors.ts';
import { insertAccounts, selectAccounts } from './store/accounts.ts';
import { type Label, upsertLabels } from './store/labels.ts';

type Deps = { db: Db; bus: Bus; clock: Clock };

/**
 * Opens accounts, all or none. An account that exists with the same configuration is answered as a duplicate; with another one the call
 * throws LEDGER_ACCOUNT_CONFLICT naming the field, and nothing is opened. Names and notes are no configuration: those of one that exists stay.
 */
export function createAccounts(deps: Deps, ctx: CallContext, inputs: readonly NewAccount[]): Promise<{ id: string; duplicate: boolean }[]> {
  const accounts = new Map<string, Account>();
  for (const input of inputs) {
    const account = readAccount(input);
    refuseDifference(accounts.get(account.id), account);
    accounts.set(account.id, account);
  }
  const named = [...new Map(inputs.map((input) => [input.id, labelOf(input)])).values()].filter(({ name, metadata }) => name ?? metadata);
  const openedAt = new Date(deps.clock.now()).toISOString();
  return deps.db.tx({ module: 'ledger', tenants: [ctx.tenantId] }, async (tx) => {
    // In the order of their ids, so that two callers opening the same accounts wait for each other instead of deadlocking.
    const sorted = [...accounts.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const added = await insertAccounts(tx, ctx.tenantId, sorted, openedAt);
    if (added.size < sorted.length) {
      const stored = await selectAccounts(
        tx,
        ctx.tenantId,
        sorted.map((account) => account.id),
      );
      for (const account of sorted) refuseDifference(stored.get(account.id), account);
    }
    const labels = named.filter(({ accountId }) => added.has(accountId));
    if (labels.length > 0) await upsertLabels(tx, ctx.tenantId, labels);
    const events = sorted.filter((account) => added.has(account.id)).map((account) => announceAccount(ctx, account, openedAt));
    await deps.bus.publish(tx, events);
    return inputs.map(({ id }) => ({ id, duplicate: !added.has(id) }));
  });
}

const labelOf = ({ id, name, metadata }: NewAccount): Label => readLabel(id, { name, metadata });

/** @throws LEDGER_COMMAND_MALFORMED for what is no text to show */
export function readLabel(accountId: string, { name, metadata }: { name?: string | undefined; metadata?: Metadata | undefined }): Label {
  const flaw = name === undefined ? undefined : flawOfWords(name);
  if (flaw) {
    const detail = { pt: `/name: ${flaw.pt}.`, en: `/name: ${flaw.en}.` };
    throw refuseLedger('LEDGER_COMMAND_MALFORMED', { detail, errors: [{ pointer: '/name', detail: flaw }] });
  }
  return { accountId, name, metadata: readMetadata(metadata, '/metadata') ?? (metadata && {}) };
}

function readAccount(input: NewAccount): Account {
  return {
    id: input.id,
    code: input.code,
    asset: input.asset,
    normalSide: input.normalSide,
    debitsMustNotExceedCredits: input.debitsMustNotExceedCredits ?? false,
    creditsMustNotExceedDebits: input.creditsMustNotExceedDebits ?? false,
    overdraftLimit: parseMinor(input.overdraftLimitMinor ?? '0'),
    subjectId: input.subjectId ?? null,
  };
}

const FIELD_NAMES: Partial<Record<keyof Account, string>> = { overdraftLimit: 'overdraftLimitMinor' };

function refuseDifference(stored: Account | undefined, wanted: Account): void {
  if (!stored) return;
  for (const name of Object.keys(wanted) as (keyof Account)[]) {
    if (stored[name] === wanted[name]) continue;
    assert(name !== 'id', 'accounts are compared by id');
    throw refuseLedger('LEDGER_ACCOUNT_CONFLICT', { detail: differs(wanted.id, FIELD_NAMES[name] ?? name) });
  }
}

function differs(id: string, field: string): Words {
  return { pt: `A conta ${id} já existe com outro ${field}.`, en: `Account ${id} exists already with another ${field}.` };
}
