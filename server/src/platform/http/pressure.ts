import underPressure from '@fastify/under-pressure';
import type { FastifyRequest } from 'fastify';
import { refusePlatform } from '../errors.ts';
import type { App } from './app.ts';

/** A request weighs one, and one more for each so many bytes of body it announces. */
const BYTES_PER_WEIGHT = 16 * 1024;
/** Some 300 MB of bodies, or as many small requests as a process answers in seconds. */
const MOST_WEIGHT = 20_000;
/**
 * Mean delay of the event loop over a second beyond which taking more only makes everybody wait longer. A machine that is merely busy, or a
 * process that has just loaded its modules, reaches one second: refusing then would turn slowness into failure.
 */
const MOST_DELAY_MS = 3_000;

/** What a process did before it could be asked anything, such as loading its modules, is no pressure; nor is the second measured then. */
const SETTLED_AFTER_MS = 2_000;
/** How often the delay is measured, as the library does by itself. */
const SAMPLE_MS = 1_000;

const isProbe = (url: string) => url.startsWith('/health/') || url === '/metrics';

type Limits = { mostWeight?: number | undefined; mostDelayMs?: number; settledAfterMs?: number };

/** Refuses with 503 and Retry-After, before anything is read, when the event loop lags and goes on lagging, or too much is under way. */
export async function addBackPressure(
  app: App,
  { mostWeight = MOST_WEIGHT, mostDelayMs = MOST_DELAY_MS, settledAfterMs = SETTLED_AFTER_MS }: Limits = {},
): Promise<void> {
  let weight = 0;
  app.addHook('onRequest', (request, reply, done) => {
    if (isProbe(request.url)) return done();
    const own = weightOf(request);
    if (weight + own > mostWeight) return done(busy());
    weight += own;
    reply.raw.once('close', () => {
      weight -= own;
    });
    done();
  });
  let countsFrom = performance.now();
  app.addHook('onListen', (done) => {
    countsFrom = performance.now() + settledAfterMs;
    done();
  });
  const lasts = createPatience(SAMPLE_MS + 3 * mostDelayMs);
  await app.register(underPressure, {
    maxEventLoopDelay: mostDelayMs,
    sampleInterval: SAMPLE_MS,
    pressureHandler: (request) => {
      const now = performance.now();
      if (!isProbe(request.url) && now >= countsFrom && lasts(now)) throw busy();
    },
  });
}

/** One bad second, such as a large collection of garbage or a machine that stood still, is over when it is noticed: only what is seen again, within `soonMs`, lasts. */
function createPatience(soonMs: number): (now: number) => boolean {
  let first = Number.NEGATIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  return (now) => {
    if (now - last > soonMs) first = now;
    last = now;
    return now - first >= SAMPLE_MS;
  };
}

const busy = () =>
  refusePlatform('PLATFORM_UNAVAILABLE', {
    detail: { pt: 'Há pedidos demais em andamento.', en: 'Too many requests are under way.' },
    retryAfterSeconds: 1,
  });

function weightOf(request: FastifyRequest): number {
  const announced = Number(request.headers['content-length'] ?? 0);
  const most = request.routeOptions.bodyLimit ?? announced;
  return 1 + Math.floor(Math.min(announced, most) / BYTES_PER_WEIGHT);
}
