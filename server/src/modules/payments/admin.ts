import { type AdminCommand, needed } from '#platform/admin.ts';
import { instantMs, readEdge } from '#platform/dates.ts';
import { openPaymentsDesk } from './desk.ts';
import { openConnectionsDesk } from './desk-connections.ts';
import { openDifferencesDesk } from './desk-differences.ts';
import type { Decision } from './incoming/decide.ts';
import { openProofsDesk } from './payer/desk.ts';

const DAY_MS = 86_400_000;
const DECISIONS: readonly string[] = ['match', 'give-back', 'return-again', 'keep'] satisfies Decision[];
const WORDS = { explain: 'explained', compensate: 'compensated', close: 'closed' } as const;

const onPayments: Record<string, AdminCommand> = {
  payments: {
    takes: '[status]',
    about: 'how many are not over, by status; or the hundred that have been longest in one: stuck, disputed, unknown, …',
    async run([status], parts) {
      const desk = openPaymentsDesk(parts);
      console.table(status === undefined ? await desk.summary() : await desk.list(status));
    },
  },
  resolve: {
    takes: '<payment> executed|not-executed <reason>',
    about: 'ends a payment that is disputed or stuck; who and why are kept',
    async run([payment, word, reason], parts) {
      const decision = needed(word, 'the decision');
      if (decision !== 'executed' && decision !== 'not-executed') throw new Error('the decision is executed or not-executed');
      const { id, status } = await openPaymentsDesk(parts).resolve(needed(payment, 'the payment'), decision, needed(reason, 'the reason'));
      console.log(`${id} goes on as ${decision}; people see it as ${status}`);
    },
  },
  retry: {
    takes: '<payment> <reason>',
    about: 'tries now what a payment waits for',
    async run([payment, reason], parts) {
      const { id } = await openPaymentsDesk(parts).retry(needed(payment, 'the payment'), needed(reason, 'the reason'));
      console.log(`${id} is due now`);
    },
  },
};

const onBooks: Record<string, AdminCommand> = {
  reconcile: {
    takes: '[from] [to] [connection]',
    about: 'compares books and a provider’s statement (dates or instants; the last two days) while the platform runs',
    async run([from, to, connection], parts) {
      const fromMs = from === undefined ? parts.clock.now() - 2 * DAY_MS : instantMs(readEdge(from, 'from'));
      const toMs = to === undefined ? parts.clock.now() : instantMs(readEdge(to, 'to'));
      const desk = openDifferencesDesk(parts, connection);
      const { lines, found, closed, fault, reachedMs } = await desk.reconcile({ fromMs, toMs });
      console.log(`${lines} lines compared up to ${new Date(reachedMs).toISOString()}: ${found} new differences, ${closed} gone`);
      console.table(await desk.summary());
      if (fault !== null) throw new Error(`the statement could not be read to its end: ${fault}`);
    },
  },
  differences: {
    about: 'what is open between books and statement, oldest first',
    run: async (_args, parts) => console.table(await openDifferencesDesk(parts).differences()),
  },
  difference: {
    takes: '<id> explain|compensate|close <why>',
    about: 'a person’s word on one; who and why are kept',
    async run([id, word, why], parts) {
      const status = WORDS[needed(word, 'the word') as keyof typeof WORDS];
      if (!status) throw new Error('the word is explain, compensate or close');
      await openDifferencesDesk(parts).decide(needed(id, 'the difference'), status, needed(why, 'the reason'));
      console.log(`${id} is ${status}`);
    },
  },
  receipts: {
    about: 'money that arrived and stands still',
    run: async (_args, parts) => console.table(await openDifferencesDesk(parts).receipts()),
  },
  receipt: {
    takes: '<id> give-back|return-again|keep <why> | match <why> [tenant account]',
    about: 'decides about one; return-again and keep: about a return that the provider refused',
    async run([id, word, why, tenantId, accountId], parts) {
      const decision = needed(word, 'the decision');
      if (!DECISIONS.includes(decision)) throw new Error(`the decision is one of ${DECISIONS.join(', ')}`);
      const owner = tenantId && accountId ? { tenantId, accountId } : undefined;
      const done = await openDifferencesDesk(parts).decideReceipt(
        needed(id, 'the receipt'),
        decision as Decision,
        needed(why, 'the reason'),
        owner,
      );
      console.log(`${done.id} goes on as ${done.decision}`);
    },
  },
};

const onConnections: Record<string, AdminCommand> = {
  connections: {
    takes: '[list] | add <name> <adapter> [tenant=…] [secret.<which>=<name>] [<setting>=…] | pause|resume <name>',
    about: 'the ways to providers; secrets by the name under which they are kept, never themselves',
    async run([word = 'list', name, adapter, ...pairs], parts) {
      const desk = openConnectionsDesk(parts);
      if (word === 'list') return console.table(await desk.list());
      const which = needed(name, 'the connection');
      if (word === 'add')
        await desk.add(
          which,
          needed(adapter, 'the adapter'),
          pairs.filter((pair) => pair !== undefined),
        );
      else if (word === 'pause' || word === 'resume') await desk.setState(which, word === 'pause' ? 'paused' : 'active');
      else throw new Error('the word is list, add, pause or resume');
      console.log(
        `${which} is ${word === 'pause' ? 'paused: no new payments, what is under way goes on' : 'active'}; processes take it up within seconds`,
      );
    },
  },
};

const onPayers: Record<string, AdminCommand> = {
  'payer-proofs': {
    takes: '<tenant> [<rule>=<centavos> …]',
    about: 'what persons of a tenant have to prove before they pay, where it differs from the settings; an empty value gives a rule back',
    async run([tenantId, ...pairs], parts) {
      const given = pairs.filter((pair) => pair !== undefined);
      console.table(await openProofsDesk(parts).change(needed(tenantId, 'the tenant'), given));
    },
  },
};

export const commands: Record<string, AdminCommand> = { ...onPayments, ...onBooks, ...onConnections, ...onPayers };
