import { createPostgresBus } from '#platform/bus/postgres.ts';
import { systemClock } from '#platform/clock.ts';
import { createDb } from '#platform/db/db.ts';
import { probeSubscription, quiet } from './probe.ts';

/** A process of its own with a relay and a consumer group, made to be killed at any moment. Arguments: database URL, group. */
const [url, group] = process.argv.slice(2) as [string, string];
const db = createDb({ url, poolSize: 4, log: quiet });
const bus = createPostgresBus({ db, log: quiet, clock: systemClock });
bus.startRelay('probe');
bus.subscribe({ ...probeSubscription(group), maxBatch: 20 });
