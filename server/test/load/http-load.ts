/**
 * A load generator in a process of its own: keep-alive connections, one request at a time on each, written and read by hand so that it
 * takes as little as it can from the processors it shares with what it measures. Run by http-bench.ts with its orders in LOAD.
 */
import { connect } from 'node:net';
import { newId } from '../../src/platform/id.ts';

export type LoadOrders = {
  port: number;
  token: string;
  path: string;
  connections: number;
  /** Transfers a request; 1 is the body itself, more is a batch. */
  transfers: number;
  warmUpMs: number;
  durationMs: number;
  from: string[];
  to: string[];
};
export type LoadReport = {
  /** Answered well after the warm-up; the times are of these. */
  requests: number;
  answered: number;
  failed: number;
  firstFailure: string;
  seconds: number;
  p50: number;
  p99: number;
  max: number;
};

const HEAD_END = Buffer.from('\r\n\r\n');

export async function generateLoad(orders: LoadOrders): Promise<LoadReport> {
  const { from, to, transfers } = orders;
  const head =
    `POST ${orders.path} HTTP/1.1\r\nhost: localhost:${orders.port}\r\nauthorization: Bearer ${orders.token}\r\n` +
    'content-type: application/json\r\ncontent-length: ';
  let place = 0;
  const command = (): string => {
    const n = place++;
    const parties = `"debitAccountId":"${from[n % from.length]}","creditAccountId":"${to[(n * 7) % to.length]}"`;
    return `{"id":"${newId()}","kind":"transfer",${parties},"amountMinor":"${1 + (n % 1_000)}","metadata":{"paymentId":"p-${n}"}}`;
  };
  const request = (): string => {
    const body = transfers === 1 ? command() : `{"commands":[${Array.from({ length: transfers }, command).join(',')}]}`;
    return `${head}${body.length}\r\n\r\n${body}`;
  };

  const startedAt = performance.now();
  const countFrom = startedAt + orders.warmUpMs;
  const until = countFrom + orders.durationMs;
  const took: number[] = [];
  let answered = 0;
  let failed = 0;
  let firstFailure = '';

  const drive = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = connect(orders.port, '127.0.0.1');
      socket.setNoDelay(true);
      let received: Buffer | undefined;
      let sentAt = 0;
      const send = (): void => {
        sentAt = performance.now();
        if (sentAt >= until) {
          socket.destroy();
          resolve();
        } else socket.write(request(), 'latin1');
      };
      socket.on('connect', send);
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        received = received ? Buffer.concat([received, chunk]) : chunk;
        const end = received.indexOf(HEAD_END);
        if (end < 0) return;
        const header = received.toString('latin1', 0, end);
        const at = header.indexOf('content-length: ');
        const length = Number.parseInt(header.slice(at + 16), 10);
        if (received.length < end + 4 + length) return;
        const now = performance.now();
        const ok = header.charCodeAt(9) === 0x32 && (transfers === 1 || received.indexOf('"rejected"') < 0);
        if (!ok) {
          failed++;
          firstFailure ||= received.toString().slice(0, 600);
        } else if (sentAt >= countFrom) took.push(now - sentAt);
        answered++;
        received = undefined;
        send();
      });
    });
  await Promise.all(Array.from({ length: orders.connections }, drive));
  const seconds = (performance.now() - countFrom) / 1_000;
  took.sort((a, b) => a - b);
  const share = (part: number): number => took[Math.min(took.length - 1, Math.floor(took.length * part))] ?? 0;
  return { requests: took.length, answered, failed, firstFailure, seconds, p50: share(0.5), p99: share(0.99), max: took.at(-1) ?? 0 };
}

if (process.send) {
  process.once('message', (orders: LoadOrders) => {
    void generateLoad(orders).then((report) => process.send?.(report, () => process.disconnect()));
  });
}
