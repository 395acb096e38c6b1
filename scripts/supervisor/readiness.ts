import type { Child } from './child.ts';

/** Polls an address until it answers 2xx. Rejects when the child ends, the end is wanted, or `timeoutMs` is over. */
export async function waitForHttp(url: string, child: Child, wanted: AbortSignal, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (child.hasEnded()) throw new Error(`${child.name} terminou`);
    wanted.throwIfAborted();
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      await answer.body?.cancel();
      if (answer.ok) return;
    } catch {
      // not listening yet
    }
    if (performance.now() > deadline) {
      const lines = child.lastLines(15).map((line) => `    ${line.slice(0, 400)}`);
      throw new Error(
        `${child.name} não respondeu em ${url} por ${timeoutMs / 1000} s. Últimas linhas de ${child.logFile}:\n${lines.join('\n')}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
