import type { Subscription } from '#platform/bus/bus.ts';
import type { Actor } from '#platform/context.ts';
import { parsePublicId } from '#platform/id.ts';
import type { Job } from '#platform/jobs/job.ts';
import type { PaymentsDeps } from './deps.ts';
import { refusePayments } from './errors.ts';
import { PAYMENT_PROGRESSED, type PaymentProgressed } from './events.ts';
import type { Found } from './rails/port.ts';
import { PAYMENT_PREFIX } from './record.ts';
import { type Bucket, deleteFullBuckets, type Looker, putBackTokens, takeTokens, untilNextToken } from './store/lookups.ts';
import { findPayments } from './store/payments.ts';

/**
 * The directory's own rule against scanning, for a natural person: ENTRIES_READ_USER_ANTISCAN and its V2 (API DICT 1.8, "Limitação de
 * requisições"). It has a bucket for e-mails and phones and one for the rest; here one holds for all, so that neither is ever passed.
 */
const PERSONS_TOKENS = 100;
const TOKEN_MS = 30_000;
const COST_OF_A_FIND = 1;
const COST_OF_A_MISS = 20;
const BACK_FOR_A_PAYMENT = 1;
/** Buckets forgotten in one transaction. */
const PAGE = 500;

const bucketOf = (deps: PaymentsDeps): Bucket => ({ capacity: deps.config.lookupsPerPerson ?? PERSONS_TOKENS, tokenMs: TOKEN_MS });

/**
 * Asks the directory on behalf of a person, whose look-ups are limited as the directory limits ours: a find costs one token, a miss twenty,
 * two come back a minute, and a settled payment gives one back. What a miss costs is taken before asking, so that many look-ups at once
 * cannot learn more than one after the other. A process that dies in between leaves the dearer price. @throws PIX_LOOKUPS_EXHAUSTED.
 */
export function createLookups(deps: PaymentsDeps) {
  const { db } = deps;
  const bucket = bucketOf(deps);
  const asked = deps.metrics.counter('lastro_pix_lookups_total', 'Look-ups of Pix keys for people, those refused to them among them', [
    'outcome',
  ]);

  return async <T>(who: Looker, ask: () => Promise<Found<T>>): Promise<Found<T>> => {
    const scope = { module: 'payments', tenants: [who.tenantId] };
    const waitMs = await db.tx(scope, async (tx) =>
      (await takeTokens(tx, who, COST_OF_A_MISS, bucket)) ? null : untilNextToken(tx, who, bucket),
    );
    if (waitMs !== null) {
      asked.inc({ outcome: 'exhausted' });
      throw refusePayments('PIX_LOOKUPS_EXHAUSTED', { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1_000)) });
    }
    const answer = await ask();
    asked.inc({ outcome: answer.kind });
    const cost = { found: COST_OF_A_FIND, 'not-found': COST_OF_A_MISS, 'not-sent': 0, unclear: 0 }[answer.kind];
    if (cost < COST_OF_A_MISS) await db.tx(scope, (tx) => putBackTokens(tx, [{ ...who, tokens: COST_OF_A_MISS - cost }], bucket));
    return answer;
  };
}

/** Whose bucket it is: the person's who asks, on whichever account, and a client's by the account it acts on. */
export const lookerOf = (actor: Actor, accountId: string): string => (actor.kind === 'person' ? actor.id : accountId);

/** A payment that was made gives its look-up back. Apart from the payment's own commits, which wait for nobody's bucket. */
export function lookupsBackSubscription(deps: PaymentsDeps): Subscription {
  return {
    group: 'payments.lookups-back',
    module: 'payments',
    types: [PAYMENT_PROGRESSED],
    from: 'now',
    gatherMs: 250,
    async handle(tx, events) {
      const settled = events.flatMap(({ data }) => {
        const { direction, status, paymentId } = data as PaymentProgressed;
        return direction === 'out' && status === 'settled' ? [parsePublicId(PAYMENT_PREFIX, paymentId)] : [];
      });
      const payments = settled.length === 0 ? [] : await findPayments(tx, settled);
      const made = payments.map(({ tenantId, actor, subjectId }) => ({
        tenantId,
        subjectId: lookerOf(actor, subjectId),
        tokens: BACK_FOR_A_PAYMENT,
      }));
      if (made.length > 0) await putBackTokens(tx, made, bucketOf(deps));
    },
  };
}

/** Forgets the buckets that are full. */
export const lookupsJob: Job = {
  name: 'payments.full-buckets',
  everyMs: 60_000,
  async run({ db }) {
    const removed = await db.tx({ module: 'payments', system: true }, (tx) => deleteFullBuckets(tx, PAGE));
    return { goOn: removed === PAGE };
  },
};
