import { userInfo } from 'node:os';
import { type AdminCommand, needed } from '#platform/admin.ts';
import { type ApprovalKind, createApprovals } from '#platform/approvals/approvals.ts';
import { isUuid } from '#platform/id.ts';
import type { AskedKind } from './contract.ts';
import { showErasure } from './erasures.ts';
import { ASKED } from './four-eyes.ts';
import { findErasures } from './store/erasures.ts';

type Parts = Parameters<AdminCommand['run']>[1];

const id = (given: string | undefined, what: string): string => {
  if (!isUuid(needed(given, what))) throw new Error(`${what} is named by its id`);
  return given!;
};

async function list({ db }: Parts, tenantId: string, subjectId: string | undefined): Promise<void> {
  const by = { subjectId: subjectId === undefined ? null : id(subjectId, 'the person'), cpfHash: null };
  const found = await db.tx({ module: 'privacy', tenants: [tenantId] }, (tx) => findErasures(tx, tenantId, by));
  console.table(
    found.map(showErasure).map(({ subjectId: person, state, askedAt, dueAt, obstacles, retainedUntil, retentionEndedAt }) => ({
      person,
      state,
      askedAt,
      dueAt,
      obstacles: obstacles.map(({ code }) => code).join(' '),
      retainedUntil,
      retentionEndedAt,
    })),
  );
}

/** Asks as who sits at the machine; an operator decides at the desk, who is somebody else by being an operator. */
async function ask(parts: Parts, tenantId: string, kind: AskedKind, subjectId: string, reason: string): Promise<void> {
  const kinds = { [kind]: ASKED[kind] } as unknown as Record<string, ApprovalKind>;
  const approvals = createApprovals({ ...parts, vault: parts.house().vault, module: 'privacy', kinds });
  const by = { kind: 'service', id: `admin:${userInfo().username}` } as const;
  const asked = { tenantId, kind, payload: { subjectId }, reason, by };
  const approval = await parts.db.tx({ module: 'privacy', tenants: [tenantId] }, (tx) => approvals.ask(tx, asked));
  console.log(`${kind} of ${subjectId} waits for an operator, until ${approval.expiresAt}`);
}

export const commands: Record<string, AdminCommand> = {
  privacy: {
    takes: '<tenant id> [list [person]] | erase <person> <reason> | disclose <person> <reason>',
    about: 'erasures and what law makes stay; erasing and reading are asked for here, and decided by an operator',
    async run([tenant, word = 'list', person, reason], parts) {
      const tenantId = id(tenant, 'the tenant');
      if (word === 'list') return list(parts, tenantId, person);
      if (word !== 'erase' && word !== 'disclose') throw new Error('the word is list, erase or disclose');
      const kind = word === 'erase' ? 'privacy.erasure' : 'privacy.disclosure';
      await ask(parts, tenantId, kind, id(person, 'the person'), needed(reason, 'the reason'));
    },
  },
};
