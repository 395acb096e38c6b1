import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggedEvent } from '#platform/bus/bus.ts';
import { systemContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { LiveSource, OnBehalf } from '#platform/screens.ts';
import { withSpan } from '#platform/telemetry/tracing.ts';
import { type EndReason, SESSION_ENDED_CHANNEL, SESSION_REFUSED, type SessionEnded, type SessionRefused } from '../events.ts';
import { createRecent } from './recent.ts';
import type { LiveEvent, Stream } from './stream.ts';

type State = NonNullable<LiveSource['states']>[number];
type Deps = Pick<PlatformDeps, 'bus' | 'log' | 'metrics'> & {
  /** What modules tell their people's screens. */
  sources: readonly LiveSource[];
};

export const MOST_STREAMS = 5_000;
export const MOST_STREAMS_A_SESSION = 6;
/** A person's phones and computers, two or three windows each. */
export const MOST_STREAMS_A_PERSON = 12;
/** No tenant's people take more than half of what a process serves. */
const MOST_STREAMS_A_TENANT = MOST_STREAMS / 2;
/** Events of all accounts and people kept for screens that come back. */
const MOST_KEPT = 20_000;
/** Events told to a screen that comes back. */
const MOST_TOLD = 1_000;
/** How far back a process that has just started reads, once for all the screens that come to it from another. */
const READ_BACK = 20_000n;
const READ_BACK_MS = 5_000;
/** Its owner hears that somebody else showed a session's cookie. */
const ofSessions: LiveSource = {
  about: 'person',
  types: [SESSION_REFUSED],
  show: (event) => ({ event: 'session', data: { refused: (event.data as SessionRefused).reason } }),
};

export const subjectKey = (tenantId: string, subjectId: string): string => `${tenantId}/${subjectId}`;
/** An account's id may be a person's: what is told of the one is not told of the other. */
const heardAs = (about: LiveSource['about'], subject: string): string => `${about} ${subject}`;
const earsOf = ({ subject, account }: Stream): string[] => [heardAs('person', subject), heardAs('account', account)];

/** All open screens of this process: one tail of the log and one ear for broadcasts serve them all. */
export function createHub({ bus, log, metrics, sources: added }: Deps) {
  const sources = [...added, ofSessions];
  const states = sources.flatMap((source) => source.states ?? []);
  const types = [...new Set(sources.flatMap((source) => source.types ?? []))];
  /** By the person of their session, and by what they hear of. */
  const streams = new Map<string, Set<Stream>>();
  const listening = new Map<string, Set<Stream>>();
  const refreshing = new Map<string, 'running' | 'again'>();
  const recent = createRecent(MOST_KEPT);
  let tail: { stop(): Promise<void> } | undefined;
  let started: Promise<void> | undefined;
  /** Where the log ended when its following began. */
  let begunAt = 0n;
  metrics.gauge('lastro_bff_live_screens', 'Screens connected to live events', () => count());

  const all = (): Stream[] => [...streams.values()].flatMap((set) => [...set]);
  const count = (): number => all().length;
  const of = (subject: string): Iterable<Stream> => streams.get(subject) ?? [];
  const hearing = (ear: string): Iterable<Stream> => listening.get(ear) ?? [];

  /** Reads how something stands, for one screen that begins or for all of a person. */
  async function tell(state: State, visit: OnBehalf, to: () => Iterable<Stream>): Promise<void> {
    try {
      const data = await state.read(visit);
      if (data !== null) for (const stream of to()) stream.push({ event: state.event, data });
    } catch (error) {
      log.debug({ err: (error as Error).message }, `a live screen goes without its ${state.event}`);
    }
  }

  /** How something stands after something happened; several happenings at once become one reading. */
  async function refresh(state: State, ear: string, visit: OnBehalf): Promise<void> {
    if (!listening.has(ear)) return;
    const reading = `${state.event} ${ear}`;
    if (refreshing.has(reading)) {
      refreshing.set(reading, 'again');
      return;
    }
    do {
      refreshing.set(reading, 'running');
      await tell(state, visit, () => hearing(ear));
    } while (refreshing.get(reading) === 'again' && listening.has(ear));
    refreshing.delete(reading);
  }
  /** `what` is a type of the log, or the name of a live event. It is read once for all who look at the account: each was let in to see it. */
  const changed = (what: string, tenantId: string, accountId: string): void => {
    const visit: OnBehalf = { tenantId, accountId, ctx: systemContext(tenantId, 'bff') };
    const ear = heardAs('account', subjectKey(tenantId, accountId));
    for (const state of states) if (state.after.includes(what)) void refresh(state, ear, visit);
  };

  /** Showing something is the last part of the trace that began with somebody's click. */
  function show(name: string, ear: string, parent: string | null | undefined, work: () => void): void {
    const screens = listening.get(ear)?.size ?? 0;
    if (screens > 0) void withSpan(name, { parent: parent ?? null, attributes: { 'lastro.screens': screens } }, async () => work());
  }

  /** Reads the log from `READ_BACK` before its end, and follows it. */
  async function follow(): Promise<void> {
    const head = await bus.head();
    begunAt = head;
    const after = head > READ_BACK ? head - READ_BACK : 0n;
    recent.begin(after);
    const { promise, resolve } = Promise.withResolvers<void>();
    const reached = (position: bigint): void => {
      recent.reached(position);
      if (position >= head) resolve();
    };
    tail = bus.tail({ types, after, reached }, hear);
    // A screen is not kept waiting for long: it reads its data afresh if it has to.
    await Promise.race([promise, sleep(READ_BACK_MS, undefined, { ref: false })]);
  }

  const hear = (event: LoggedEvent): void => {
    // A screen hears of an event once: of two who would tell of it the first does.
    const source = sources.find(({ types }) => types?.includes(event.type));
    if (!event.subjectId || !source) return;
    const { tenantId, subjectId } = event;
    const ear = heardAs(source.about, subjectKey(tenantId, subjectId));
    const told = source.show?.(event);
    const live: LiveEvent | null = told ? { ...told, position: event.position } : null;
    if (live) recent.add(ear, live, event.position);
    // Older than any screen of this process: whoever missed it comes back and says so.
    if (event.position <= begunAt) return;
    show(live ? `live ${live.event}` : 'live', ear, event.traceparent, () => {
      if (live) for (const stream of hearing(ear)) stream.push(live);
      if (source.about === 'account') changed(event.type, tenantId, subjectId);
    });
    const left = source.leaves?.(event);
    if (left) endOf(subjectKey(tenantId, left.subjectId), subjectKey(tenantId, left.accountId));
  };

  /** A person sees nothing more of an account. */
  function endOf(subject: string, account: string): void {
    for (const stream of [...of(subject)]) if (stream.account === account) stream.end();
  }

  const stopHearing = [
    ...sources.flatMap(({ about, news = {} }) =>
      Object.entries(news).map(([channel, read]) =>
        bus.onBroadcast(channel, (message) => {
          const { tenantId, subjectId, event, data, traceparent } = read(message);
          const ear = heardAs(about, subjectKey(tenantId, subjectId));
          show(`live ${event}`, ear, traceparent, () => {
            for (const stream of hearing(ear)) stream.push({ event, data });
            if (about === 'account') changed(event, tenantId, subjectId);
          });
        }),
      ),
    ),
    bus.onBroadcast(SESSION_ENDED_CHANNEL, (message) => {
      const { idHash, reason } = message as SessionEnded;
      endSession(idHash, reason);
    }),
  ];

  function endSession(sessionId: string, reason: EndReason): void {
    for (const stream of all()) {
      if (stream.sessionId !== sessionId) continue;
      stream.push({ event: 'session', data: { expired: true, reason } });
      stream.end();
    }
  }

  return {
    count,
    all,
    endSession,
    /**
     * Whether a new screen of this person may be added. When the process is full, whoever has the most screens gives up the oldest one to
     * somebody who has at least two fewer: a few people with many windows keep nobody out, and the browser of the lost one comes back.
     */
    admit(subject: string, sessionId: string): boolean {
      const own = streams.get(subject)?.size ?? 0;
      if (own >= MOST_STREAMS_A_PERSON) return false;
      if ([...of(subject)].filter((stream) => stream.sessionId === sessionId).length >= MOST_STREAMS_A_SESSION) return false;
      const tenant = subject.slice(0, subject.indexOf('/') + 1);
      const sets = [...streams].filter(([name]) => name.startsWith(tenant)).map(([, set]) => set);
      const isTenantFull = sets.reduce((sum, set) => sum + set.size, 0) >= MOST_STREAMS_A_TENANT;
      if (!isTenantFull && count() < MOST_STREAMS) return true;
      const [most] = (isTenantFull ? sets : [...streams.values()]).toSorted((a, b) => b.size - a.size);
      if (!most || most.size < own + 2) return false;
      most.values().next().value?.end();
      return true;
    },
    /** Follows the log, from somewhat before where it is now, before the first screen is added. Over when all of that has been read. */
    start(): Promise<void> {
      started ??= follow().catch((error: unknown) => {
        started = undefined;
        throw error;
      });
      return started;
    },
    add(stream: Stream): void {
      put(streams, stream.subject, stream);
      for (const ear of earsOf(stream)) put(listening, ear, stream);
    },
    remove(stream: Stream): void {
      take(streams, stream.subject, stream);
      for (const ear of earsOf(stream)) take(listening, ear, stream);
    },
    /**
     * Adds a screen that says where its line was lost: it is told what it missed, and then what comes. One that cannot be told all of it
     * (too much, too long ago, a position that this log has not) is told to read its data afresh; then the answer is false.
     */
    resume(stream: Stream, after: bigint | null): boolean {
      this.add(stream);
      const missed = after === null ? [] : recent.since(earsOf(stream), after);
      const isTold = missed !== null && missed.length <= MOST_TOLD;
      if (isTold) for (const live of missed) stream.push(live);
      stream.mark(recent.upTo);
      if (!isTold) stream.push({ event: 'reload', data: {} });
      return isTold;
    },
    /** Tells a screen that begins how everything stands: it may have changed between its reading and this line. */
    async greet(stream: Stream, visit: OnBehalf): Promise<void> {
      await Promise.all(states.map((state) => tell(state, visit, () => [stream])));
    },
    /** Keeps lines warm, and says how far those have heard that have nothing to hear. */
    beat(): void {
      for (const stream of all()) stream.mark(recent.upTo);
    },
    /** Ends every line; screens come back to another process. */
    endAll(): void {
      for (const stream of all()) stream.end();
    },
    async close(): Promise<void> {
      for (const stop of stopHearing) stop();
      for (const stream of all()) stream.end();
      await tail?.stop();
    },
  };
}

function put(sets: Map<string, Set<Stream>>, name: string, stream: Stream): void {
  sets.set(name, (sets.get(name) ?? new Set()).add(stream));
}
function take(sets: Map<string, Set<Stream>>, name: string, stream: Stream): void {
  const set = sets.get(name);
  set?.delete(stream);
  if (set?.size === 0) sets.delete(name);
}

export type Hub = ReturnType<typeof createHub>;
