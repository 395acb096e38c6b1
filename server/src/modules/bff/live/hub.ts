import { setTimeout as sleep } from 'node:timers/promises';
import type { LoggedEvent } from '#platform/bus/bus.ts';
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
/** Events of all people kept for screens that come back. */
const MOST_KEPT = 20_000;
/** Events told to a screen that comes back. */
const MOST_TOLD = 1_000;
/** How far back a process that has just started reads, once for all the screens that come to it from another. */
const READ_BACK = 20_000n;
const READ_BACK_MS = 5_000;
/** Its owner hears that somebody else showed a session's cookie. */
const ofSessions: LiveSource = {
  types: [SESSION_REFUSED],
  show: (event) => ({ event: 'session', data: { refused: (event.data as SessionRefused).reason } }),
};

export const subjectKey = (tenantId: string, subjectId: string): string => `${tenantId}/${subjectId}`;

/** All open screens of this process: one tail of the log and one ear for broadcasts serve them all. */
export function createHub({ bus, log, metrics, sources: added }: Deps) {
  const sources = [...added, ofSessions];
  const states = sources.flatMap((source) => source.states ?? []);
  const types = [...new Set(sources.flatMap((source) => source.types ?? []))];
  const streams = new Map<string, Set<Stream>>();
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
  async function refresh(state: State, subject: string, visit: OnBehalf): Promise<void> {
    if (!streams.has(subject)) return;
    const reading = `${state.event} ${subject}`;
    if (refreshing.has(reading)) {
      refreshing.set(reading, 'again');
      return;
    }
    do {
      refreshing.set(reading, 'running');
      await tell(state, visit, () => of(subject));
    } while (refreshing.get(reading) === 'again' && streams.has(subject));
    refreshing.delete(reading);
  }
  /** `what` is a type of the log, or the name of a live event. */
  const changed = (what: string, tenantId: string, subjectId: string): void => {
    const visit: OnBehalf = { tenantId, subjectId, ctx: { tenantId, actor: { kind: 'person', id: subjectId } } };
    for (const state of states) if (state.after.includes(what)) void refresh(state, subjectKey(tenantId, subjectId), visit);
  };

  /** Showing something is the last part of the trace that began with somebody's click. */
  function show(name: string, subject: string, parent: string | null | undefined, work: () => void): void {
    const screens = streams.get(subject)?.size ?? 0;
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

  /** A screen hears of an event once: of two who would tell of it the first does. */
  function liveOf(event: LoggedEvent): LiveEvent | null {
    const told = sources.find((source) => source.types?.includes(event.type))?.show?.(event);
    return told ? { ...told, position: event.position } : null;
  }

  const hear = (event: LoggedEvent): void => {
    if (!event.subjectId) return;
    const subject = subjectKey(event.tenantId, event.subjectId);
    const live = liveOf(event);
    if (live) recent.add(subject, live, event.position);
    // Older than any screen of this process: whoever missed it comes back and says so.
    if (event.position <= begunAt) return;
    show(live ? `live ${live.event}` : 'live', subject, event.traceparent, () => {
      if (live) for (const stream of of(subject)) stream.push(live);
      changed(event.type, event.tenantId, event.subjectId!);
    });
  };
  const stopHearing = [
    ...sources.flatMap(({ news = {} }) =>
      Object.entries(news).map(([channel, read]) =>
        bus.onBroadcast(channel, (message) => {
          const { tenantId, subjectId, event, data, traceparent } = read(message);
          const subject = subjectKey(tenantId, subjectId);
          show(`live ${event}`, subject, traceparent, () => {
            for (const stream of of(subject)) stream.push({ event, data });
            changed(event, tenantId, subjectId);
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
      const set = streams.get(stream.subject) ?? new Set();
      streams.set(stream.subject, set.add(stream));
    },
    remove(stream: Stream): void {
      const set = streams.get(stream.subject);
      set?.delete(stream);
      if (set?.size === 0) streams.delete(stream.subject);
    },
    /**
     * Adds a screen that says where its line was lost: it is told what it missed, and then what comes. One that cannot be told all of it
     * (too much, too long ago, a position that this log has not) is told to read its data afresh; then the answer is false.
     */
    resume(stream: Stream, after: bigint | null): boolean {
      this.add(stream);
      const missed = after === null ? [] : recent.since(stream.subject, after);
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

export type Hub = ReturnType<typeof createHub>;
