/** One Lastro process. Everything about it comes from the environment; see docs/reference/configuration.md. */
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { readConfig } from '#platform/config.ts';
import { createLogger } from '#platform/log.ts';
import { startTracing } from '#platform/telemetry/tracing.ts';
import { startWatchdog } from '#platform/watchdog/watchdog.ts';
import { compose } from './compose.ts';
import { MODULES } from './module-list.ts';
import { PROFILES } from './profiles.ts';

const DRAIN_LIMIT_MS = 15_000;

const log = createLogger({ level: process.env.LOG_LEVEL ?? 'info' });

try {
  const config = readConfig(process.env, MODULES, PROFILES);
  startWatchdog();
  const tracing = await startTracing({ serviceName: 'lastro', ...(config.OTLP_TRACES_URL ? { otlpUrl: config.OTLP_TRACES_URL } : {}) });
  const lastro = await compose({ config, log, ...(config.LASTRO_CRASH_AT ? { crashPoint: crashAt(config.LASTRO_CRASH_AT) } : {}) });
  const { port, internalPort } = await lastro.start();
  log.info({ port, internalPort, modules: config.MODULES ?? 'all', startMs: Math.round(performance.now()) }, 'ready');
  // Node keeps compiled code (NODE_COMPILE_CACHE) only when it ends in good order; a killed process shall start as fast.
  flushCompileCache();

  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'draining');
    const hurry = setTimeout(() => {
      log.error('did not drain in time');
      process.exit(1);
    }, DRAIN_LIMIT_MS);
    await lastro.stop();
    await tracing.stop();
    clearTimeout(hurry);
    log.info('stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: Error) => {
        log.error({ err: error.message }, 'stopping failed');
        process.exit(1);
      });
    });
  }
} catch (error) {
  log.fatal({ err: (error as Error).message, stack: (error as Error).stack }, 'could not start');
  process.exit(1);
}

/**
 * Dies without warning at a crash point, as a power cut would have it; for the kill test. `hold:after#2` means the second passing;
 * `@file` means the point that the file names at that moment, so that one process can be told later where to die.
 */
function crashAt(spec: string): (name: string) => void {
  const die = () => process.kill(process.pid, 'SIGKILL');
  if (spec.startsWith('@')) {
    return (name) => {
      if (readFileSync(spec.slice(1), 'utf8').trim() === name) die();
    };
  }
  const [wanted, count = '1'] = spec.split('#');
  let left = Number(count);
  return (name) => {
    if (name !== wanted) return;
    left -= 1;
    if (left === 0) die();
  };
}
