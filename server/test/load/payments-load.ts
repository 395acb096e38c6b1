/**
 * Customers in a process of their own: requests made by the clock, whether or not those before have been answered (an open load), so that a server that is slow is asked no
 * less. Run by payments-bench.ts, which sends its orders.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

/** A customer as the browser shows them to the server. */
export type Customer = { cookie: string; csrfToken: string; address: string };
export type LoadOrders = {
  url: string;
  path: string;
  /** Requests a second. */
  rate: number;
  customers: Customer[];
  /** One a request: which customer sends it, and what. */
  requests: { by: number; key: string; body: string }[];
};
/** `at`: when it should have been sent, in epoch milliseconds; `answeredMs`: from there to the answer's last byte. */
export type LoadAnswer = { by: number; at: number; answeredMs: number; status: number; id: string | null };

const CONNECTIONS = 256;
const WARM_MS = 250;

async function generateLoad(orders: LoadOrders): Promise<LoadAnswer[]> {
  const { url, path, rate, customers, requests } = orders;
  const pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1 });
  const common = customers.map(({ cookie, csrfToken, address }) => ({
    cookie,
    'x-csrf-token': csrfToken,
    'x-forwarded-for': address,
    'user-agent': 'lastro-person/1',
    origin: url,
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/json',
  }));
  const answers: LoadAnswer[] = [];
  const began = performance.now() + WARM_MS;
  const due = (nth: number): number => began + (nth * 1_000) / rate;

  const send = async (nth: number): Promise<void> => {
    const { by, key, body } = requests[nth]!;
    const headers = { ...common[by]!, 'idempotency-key': key };
    let [status, id]: [number, string | null] = [0, null];
    try {
      const answer = await pool.request({ method: 'POST', path, headers, body });
      const text = await answer.body.text();
      status = answer.statusCode;
      const told = status < 300 ? (JSON.parse(text) as { id?: string; quoteId?: string }) : {};
      id = told.id ?? told.quoteId ?? null;
    } catch {
      // Status 0: no answer.
    }
    answers.push({ by, at: performance.timeOrigin + due(nth), answeredMs: performance.now() - due(nth), status, id });
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
  process.on('message', (orders: LoadOrders) => {
    void generateLoad(orders).then((answers) => process.send?.(answers));
  });
  process.once('disconnect', () => process.exit());
}
