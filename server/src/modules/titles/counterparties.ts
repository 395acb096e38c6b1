import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { derivedId } from '#platform/id.ts';
import { bodyText, once } from '#platform/idempotency.ts';
import type { Counterparty, NewCounterparty } from './contract.ts';
import { checkWords, type Deps, scopeOf } from './deps.ts';
import { refuseTitles } from './errors.ts';
import {
  type CounterpartyRecord,
  countCounterparties,
  findCounterparty,
  insertCounterparty,
  listCounterparties as listStored,
  updateCounterparty,
} from './store/counterparties.ts';

export const NAME = 'titles.counterparty-name';
const TAX_ID = 'titles.counterparty-tax-id';
const ROUTE = 'POST /v1/titles/counterparties';
const MOST = 2_000;

type Words = { name: string; taxId: string | null; archived: boolean };

/** Of whom a shop buys and to whom it sells; what identifies them is sealed under a key of each one's own. */
export function createCounterparties({ db, vault, clock, accounts }: Pick<Deps, 'db' | 'vault' | 'clock' | 'accounts'>) {
  const show = (tenantId: string, one: CounterpartyRecord) => openCounterparty(vault, tenantId, one);

  async function sealed(tenantId: string, accountId: string, id: string, { name, taxId, archived }: Words): Promise<CounterpartyRecord> {
    return {
      ...{ id, accountId, archived },
      nameSealed: await vault.seal(tenantId, id, NAME, name),
      taxIdSealed: taxId === null ? null : await vault.seal(tenantId, id, TAX_ID, taxId),
    };
  }

  return {
    async addCounterparty(ctx: CallContext, { accountId, counterparty }: { accountId: string; counterparty: NewCounterparty }) {
      const { tenantId, idempotencyKey: key } = ctx;
      if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
      await accounts.authorize(ctx, { accountId, action: 'books' });
      const words = wordsOf(counterparty);
      // Named after its key, so that asking twice at once leaves no key of nobody in the vault.
      const id = derivedId('titles', 'counterparty', tenantId, ctx.actor.id, key);
      // A keyed hash stands for the body: it names somebody.
      const body = vault.lookupHash(tenantId, ROUTE, bodyText({ accountId, counterparty })).toString('hex');
      const record = await sealed(tenantId, accountId, id, words);
      await db.tx(scopeOf(ctx), (tx) =>
        once(tx, { tenantId, principal: ctx.actor.id, route: ROUTE, key, body }, async () => {
          if ((await countCounterparties(tx, tenantId, accountId)) >= MOST) throw refuseTitles('TITLES_TOO_MANY');
          insertCounterparty(tx, tenantId, record, new Date(clock.now()));
          return { status: 201, body: { id } };
        }),
      );
      return { id, ...words };
    },

    async changeCounterparty(
      ctx: CallContext,
      { accountId, id, counterparty }: { accountId: string; id: string; counterparty: NewCounterparty },
    ): Promise<Counterparty> {
      const { tenantId } = ctx;
      await accounts.authorize(ctx, { accountId, action: 'books' });
      const words = wordsOf(counterparty);
      const known = await db.tx({ ...scopeOf(ctx), single: true }, (tx) => findCounterparty(tx, tenantId, accountId, id));
      if (!known) throw refuseTitles('TITLES_COUNTERPARTY_NOT_FOUND');
      const before = await show(tenantId, known);
      const isSame = before.name === words.name && before.taxId === words.taxId && before.archived === words.archived;
      // Sealed anew it would be other bytes: whoever repeats a request changes nothing.
      if (isSame) return before;
      const record = await sealed(tenantId, accountId, id, words);
      await db.tx(scopeOf(ctx), (tx) => updateCounterparty(tx, tenantId, record));
      return { id, ...words };
    },

    async listCounterparties(ctx: CallContext, { accountId }: { accountId: string }): Promise<{ counterparties: Counterparty[] }> {
      await accounts.authorize(ctx, { accountId, action: 'see' });
      const found = await db.tx({ ...scopeOf(ctx), single: true }, (tx) => listStored(tx, ctx.tenantId, accountId, MOST));
      return { counterparties: await Promise.all(found.map((one) => show(ctx.tenantId, one))) };
    },
  };
}

/** A counterparty in clear; without a name once its key was destroyed. */
export async function openCounterparty(
  vault: Pick<Deps['vault'], 'open'>,
  tenantId: string,
  one: CounterpartyRecord,
): Promise<Counterparty> {
  const open = (purpose: string, sealed: Buffer) => vault.open(tenantId, one.id, purpose, sealed);
  const [name, taxId] = await Promise.all([open(NAME, one.nameSealed), one.taxIdSealed ? open(TAX_ID, one.taxIdSealed) : null]);
  return { id: one.id, name: name ?? '', taxId, archived: one.archived };
}

/** @throws TITLES_INVALID */
function wordsOf({ name, taxId, archived = false }: NewCounterparty): Words {
  const words = { name: name.trim(), taxId: taxId?.trim() || null, archived };
  checkWords('/name', words.name);
  checkWords('/taxId', words.taxId);
  return words;
}

/** @throws TITLES_COUNTERPARTY_NOT_FOUND */
export async function checkCounterparty(tx: Tx, tenantId: string, accountId: string, id: string | null): Promise<void> {
  if (id !== null && !(await findCounterparty(tx, tenantId, accountId, id))) throw refuseTitles('TITLES_COUNTERPARTY_NOT_FOUND');
}
