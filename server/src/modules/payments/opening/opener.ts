import type { Bus } from '#platform/bus/bus.ts';
import type { Clock } from '#platform/clock.ts';
import { systemContext } from '#platform/context.ts';
import type { Db } from '#platform/db/db.ts';
import { derivedId } from '#platform/id.ts';
import type { Change } from '#platform/machine/committer.ts';
import type { Actions } from '#platform/machine/driver.ts';
import { createMachine, type Machine, type MachineDescription } from '#platform/machine/machine.ts';
import type { PaymentsDeps } from '../deps.ts';
import { ACCOUNT_OPENED, type AccountOpened } from '../events.ts';
import { clearingAccount } from '../incoming/give-back.ts';
import { accountKey, keyHash } from '../key-hash.ts';
import type { Directory } from '../rails/port.ts';
import { clearingAccountId, HOLDER_PURPOSE, type Holder, PIX_KEY_PURPOSE } from '../record.ts';
import { type AccountRecord, accountRows } from '../store/accounts.ts';
import { wakeUnmatched } from '../store/receipt-claims.ts';
import { OPENING, type OpeningAction, type OpeningFact } from './opening.ts';

/** The machine of account openings, for whoever drives it and for whoever looks after it. */
export function openingMachine({ bus, clock }: { bus: Bus; clock: Clock }): MachineDescription<AccountRecord, OpeningFact, OpeningAction> {
  const eventOf = ({ after: { tenantId, id, ledgerAccountId } }: Change<AccountRecord, OpeningFact>) => {
    const data: AccountOpened = { subjectId: id, ledgerAccountId };
    const { actor } = systemContext(tenantId, 'payments');
    const time = new Date(clock.now()).toISOString();
    const eventId = derivedId('payments', 'account-opened', tenantId, id);
    return { id: eventId, type: ACCOUNT_OPENED, tenantId, key: id, subjectId: id, actor, time, data };
  };
  return {
    name: 'payments.account-opening',
    rows: accountRows,
    definitions: [OPENING],
    decisions: { 'try-again': () => ({ type: 'tried-again' }), 'give-up': () => ({ type: 'given-up' }) },
    hooks: {
      async alongside(tx, changes) {
        const opened = changes.filter(isOpened);
        if (opened.length > 0) await bus.publish(tx, opened.map(eventOf));
      },
    },
  };
}

const isOpened = ({ before, after }: Change<AccountRecord, OpeningFact>): boolean => before.status !== 'open' && after.status === 'open';

export type AccountOpener = Machine<AccountRecord, OpeningFact>;

/** Opens accounts step by step: holder from accounts and account in the ledger, then the key in the directory. */
export function createAccountOpener(deps: PaymentsDeps, directory: Directory): AccountOpener {
  const { db, log, config } = deps;
  const description = openingMachine(deps);
  const waking = new Set<Promise<unknown>>();
  const machine = createMachine<AccountRecord, OpeningFact, OpeningAction>({
    ...description,
    deps,
    actions: openingActions(deps, directory),
    hooks: {
      ...description.hooks,
      after(change) {
        if (!isOpened(change)) return;
        // What arrived for the key before anybody here had it. Should this not happen, the receiver's own pause ends some time, too.
        const woken = wakeArrivals(db, change.after).catch((error: Error) =>
          log.warn({ err: error.message }, 'arrivals for a new key wait'),
        );
        waking.add(woken);
        void woken.finally(() => waking.delete(woken));
      },
    },
    leaseMs: Math.max(config.leaseMs, 2_000),
    most: 24,
    ...(config.recoveryIntervalMs === undefined ? {} : { lookMs: config.recoveryIntervalMs }),
    crashPoint: deps.crashPoint,
  });
  return {
    ...machine,
    async close() {
      await machine.close();
      await Promise.all(waking);
    },
  };
}

const wakeArrivals = (db: Db, { pixKeyHash }: AccountRecord): Promise<number> =>
  db.tx({ module: 'payments', system: true }, (tx) => wakeUnmatched(tx, pixKeyHash!));

function openingActions(
  { vault, ledger, accounts, config }: PaymentsDeps,
  directory: Directory,
): Actions<AccountRecord, OpeningFact, OpeningAction> {
  return {
    'open-ledger-account': {
      async run({ tenantId, id: subjectId, ledgerAccountId }, { ctx }) {
        const { name, taxId, erased } = await accounts.getHolder(ctx, { accountId: subjectId });
        if (erased) return { fact: { type: 'person-erased' } };
        const limits = { normalSide: 'credit', debitsMustNotExceedCredits: true } as const;
        await ledger.createAccounts(ctx, {
          accounts: [
            clearingAccount(clearingAccountId(tenantId)),
            { id: ledgerAccountId, code: 'customer', asset: 'BRL', ...limits, subjectId },
          ],
        });
        const key = accountKey(vault, tenantId, subjectId);
        const holder: Holder = { name, taxId };
        const [holderSealed, pixKeySealed] = await Promise.all([
          vault.seal(tenantId, subjectId, HOLDER_PURPOSE, JSON.stringify(holder)),
          vault.seal(tenantId, subjectId, PIX_KEY_PURPOSE, key),
        ]);
        return { fact: { type: 'booked', holderSealed, pixKeySealed, pixKeyHash: keyHash(vault, key) } };
      },
    },
    'register-key': {
      async run({ tenantId, id: subjectId, holderSealed, branch, number }) {
        const holder = holderSealed && (await vault.open(tenantId, subjectId, HOLDER_PURPOSE, holderSealed));
        if (!holder) return { fact: { type: 'person-erased' } };
        const owner = JSON.parse(holder) as Holder;
        const key = accountKey(vault, tenantId, subjectId);
        const registered = await directory.registerKey(key, { ispb: config.ispb, branch, account: number, owner });
        if (registered.kind === 'ok') return { fact: { type: 'registered' } };
        return { fact: { type: 'nothing-learned' }, outcome: { result: registered.kind } };
      },
    },
  };
}
