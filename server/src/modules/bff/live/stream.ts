import type { ServerResponse } from 'node:http';

/** One thing a screen hears. Only what is in the log carries its position: that is where a lost line resumes. */
export type LiveEvent = { event: 'payment' | 'balance' | 'day' | 'session'; data: unknown; position?: bigint };

/** Bytes that may wait for a slow reader before its line is cut; it comes back and resumes. */
const MOST_WAITING = 256 * 1024;
/** Events that may wait while a screen catches up. */
const MOST_HELD = 1_000;

/** Text of a server-sent event (WHATWG HTML, 9.2). The data is one line, since JSON has no raw line ends. */
export function formatEvent({ event, data, position }: LiveEvent): string {
  const id = position === undefined ? '' : `id: ${position}\n`;
  return `${id}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * One open screen. While it catches up from the log, news is held back; afterwards what it already saw is left out, so that
 * each event of the log is shown once and in order.
 */
export function createStream(raw: ServerResponse, options: { sessionId: string; subject: string; onEnd: () => void }) {
  let held: LiveEvent[] | null = [];
  let last = -1n;
  let ended = false;

  const end = (): void => {
    if (ended) return;
    ended = true;
    held = null;
    raw.end();
    options.onEnd();
  };
  const write = (text: string): void => {
    if (ended) return;
    if (raw.writableLength > MOST_WAITING) end();
    else raw.write(text);
  };
  const show = (live: LiveEvent): void => {
    if (live.position !== undefined) {
      if (live.position <= last) return;
      last = live.position;
    }
    write(formatEvent(live));
  };
  raw.on('close', end);
  raw.on('error', end);

  return {
    sessionId: options.sessionId,
    subject: options.subject,
    /** News for everybody of this subject. */
    push(live: LiveEvent): void {
      if (!held) show(live);
      else if (held.length < MOST_HELD) held.push(live);
      else end();
    },
    /** What happened while the line was down. */
    replay: show,
    /** From now on news goes straight through. */
    live(): void {
      const waiting = held ?? [];
      held = null;
      for (const one of waiting) show(one);
    },
    beat: () => write(': ping\n\n'),
    /** Where a screen that hears nothing more would resume. */
    mark: (position: bigint) => write(`id: ${position}\n\n`),
    end,
    get ended(): boolean {
      return ended;
    },
  };
}

export type Stream = ReturnType<typeof createStream>;
