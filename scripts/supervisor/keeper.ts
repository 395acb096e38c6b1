import type { Child, Ending } from './child.ts';

export interface KeeperPlan {
  name: string;
  /** Starts the child anew. */
  start: () => Child;
  /** Resolves when the child serves; rejects when it does not for too long. Called at each start. */
  ready: (child: Child) => Promise<void>;
  /** Watches a child that serves, from outside, and kills it when it does not answer any more. Called after each `ready`. */
  guard?: (child: Child) => void;
  /** No restart once this is raised. */
  wanted: AbortSignal;
  tell: (line: string) => void;
  /** Called when it died too often. */
  giveUp: (reason: string) => void;
  /** More restarts than this within `windowMs` and it gives up. */
  maxRestarts?: number;
  windowMs?: number;
  firstDelayMs?: number;
}

export interface Keeper {
  current(): Child;
}

/** A child that ended before it ever served. */
export class NeverReadyError extends Error {
  override readonly name = 'NeverReadyError';
}

/**
 * Starts a child, waits until it serves, and restarts it with growing pauses whenever it ends unasked. Throws NeverReadyError
 * when the first start fails: then the cause is in its log, and trying again would only hide it.
 */
export async function keepRunning(plan: KeeperPlan): Promise<Keeper> {
  let child = plan.start();
  await Promise.race([
    plan.ready(child),
    child.ended.then((ending) => {
      if (!plan.wanted.aborted)
        throw new NeverReadyError(withLog(`${plan.name} terminou antes de ficar pronto (${describe(ending)})`, child));
    }),
  ]);
  plan.guard?.(child);
  const restarts: number[] = [];
  const windowMs = plan.windowMs ?? 60_000;
  const maxRestarts = plan.maxRestarts ?? 5;

  const watch = async () => {
    for (;;) {
      const ending = await child.ended;
      if (plan.wanted.aborted) return;
      plan.tell(withLog(`${plan.name} terminou sem ser pedido (${describe(ending)})`, child));
      const now = performance.now();
      while (restarts.length > 0 && now - restarts[0]! > windowMs) restarts.shift();
      if (restarts.length >= maxRestarts) {
        plan.giveUp(`${plan.name} caiu ${restarts.length + 1} vezes em ${windowMs / 1000} s; veja ${child.logFile}`);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, (plan.firstDelayMs ?? 250) * 2 ** restarts.length));
      if (plan.wanted.aborted) return;
      restarts.push(now);
      child = plan.start();
      const restarted = child;
      plan.ready(restarted).then(
        () => {
          plan.guard?.(restarted);
          plan.tell(`${plan.name} está de volta (pid ${restarted.pid})`);
        },
        () => undefined, // it ended again, which the loop sees, or the end is wanted
      );
    }
  };
  watch().catch((error: Error) => plan.giveUp(`${plan.name}: ${error.message}`));
  return { current: () => child };
}

function withLog(message: string, child: Child): string {
  const lines = child.lastLines(15).map((line) => `    ${line.slice(0, 400)}`);
  return lines.length === 0 ? message : `${message}. Últimas linhas de ${child.logFile}:\n${lines.join('\n')}`;
}

function describe({ code, signal }: Ending): string {
  return signal ? `sinal ${signal}` : code === null ? 'não pôde ser iniciado' : `código ${code}`;
}
