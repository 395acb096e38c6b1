/**
 * Any requests, made by the clock, whether or not those before have been answered (an open load), by a process of its own. Run by a bench that sends its orders;
 * after them it waits for the next.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

export type OpenLoad = {
  url: string;
  /** Requests a second. */
  rate: number;
  headers: Record<string, string>;
  /** Sent one after the other; `key` becomes the Idempotency-Key. */
  requests: { method: 'GET' | 'POST'; path: string; key?: string; body?: string }[];
};
/** Of each request in order: status (0: no answer), milliseconds from when it should have been sent, whether a refusal said when to come again, and a POST's position. */
export type OpenAnswers = { status: number[]; tookMs: number[]; polite: boolean[]; position: (number | null)[] };

const CONNECTIONS = 512;
const WARM_MS = 250;

async function generate({ url, rate, headers, requests }: OpenLoad): Promise<OpenAnswers> {
  const pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1 });
  const answers: OpenAnswers = { status: [], tookMs: [], polite: [], position: [] };
  const began = performance.now() + WARM_MS;
  const due = (nth: number): number => began + (nth * 1_000) / rate;

  const send = async (nth: number): Promise<void> => {
    const { method, path, key, body } = requests[nth]!;
    const sent = {
      ...headers,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    let status = 0;
    let position: number | null = null;
    let polite = true;
    try {
      const answer = await pool.request({ method, path, headers: sent, ...(body === undefined ? {} : { body }) });
      const text = await answer.body.text();
      status = answer.statusCode;
      polite = status < 300 || answer.headers['retry-after'] !== undefined;
      if (method === 'POST' && status < 300) position = (JSON.parse(text) as { position?: number | null }).position ?? null;
    } catch {
      // Status 0: no answer.
    }
    answers.status[nth] = status;
    answers.polite[nth] = polite;
    answers.position[nth] = position;
    answers.tookMs[nth] = performance.now() - due(nth);
  };

  const sent: Promise<void>[] = [];
  while (sent.length < requests.length) {
    const now = performance.now();
    while (sent.length < requests.length && due(sent.length) <= now) sent.push(send(sent.length));
    if (sent.length < requests.length) await sleep(Math.max(0, due(sent.length) - performance.now()));
  }
  await Promise.all(sent);
  await pool.close();
  return answers;
}

if (process.send) {
  process.on('message', (orders: OpenLoad) => {
    void generate(orders).then((answers) => process.send?.(answers));
  });
  process.once('disconnect', () => process.exit());
}
