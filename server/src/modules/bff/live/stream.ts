import type { ServerResponse } from 'node:http';

/** One thing a screen hears; `reload`: read your data afresh, not all you missed can be told. Only what is in the log carries its position: that is where a lost line resumes. */
export type LiveEvent = { event: string; data: unknown; position?: bigint };

/** Bytes that may wait for a slow reader before its line is cut; it comes back and resumes. */
const MOST_WAITING = 256 * 1024;
/** Text of a server-sent event (WHATWG HTML, 9.2). The data is one line, since JSON has no raw line ends. */
export function formatEvent({ event, data, position }: LiveEvent): string {
  const id = position === undefined ? '' : `id: ${position}\n`;
  return `${id}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** One open screen. What it already saw of the log is left out, so that each event is shown once and in order. */
export function createStream(raw: ServerResponse, options: { sessionId: string; subject: string; account: string; onEnd: () => void }) {
  let last = -1n;
  let ended = false;

  const end = (): void => {
    if (ended) return;
    ended = true;
    raw.end();
    options.onEnd();
  };
  const write = (text: string): void => {
    if (ended) return;
    if (raw.writableLength > MOST_WAITING) end();
    else raw.write(text);
  };
  raw.on('close', end);
  raw.on('error', end);

  return {
    sessionId: options.sessionId,
    /** Whose session it is, and the account that the screen shows. */
    subject: options.subject,
    account: options.account,
    push(live: LiveEvent): void {
      if (live.position !== undefined) {
        if (live.position <= last) return;
        last = live.position;
      }
      write(formatEvent(live));
    },
    /** Where a screen that hears nothing more would resume; also what keeps a quiet line warm. */
    mark: (position: bigint) => write(`id: ${position}\n\n`),
    end,
    get ended(): boolean {
      return ended;
    },
  };
}

export type Stream = ReturnType<typeof createStream>;
