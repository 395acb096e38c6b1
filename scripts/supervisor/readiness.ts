import type { Child } from './child.ts';
import { listensOn } from './port-owner.ts';

/** Polls an address until the child answers there with 2xx. Rejects when another program has the port, when the child ends, the end is wanted, or `timeoutMs` is over. */
export async function waitForHttp(url: string, child: Child, wanted: AbortSignal, timeoutMs: number): Promise<void> {
  const port = Number(new URL(url).port);
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    if (child.hasEnded()) throw new Error(`${child.name} terminou`);
    wanted.throwIfAborted();
    let isAnswered = false;
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      await answer.body?.cancel();
      if (answer.ok) isAnswered = true;
    } catch {
      // not listening yet
    }
    if (isAnswered) {
      if (listensOn(child.pid, port) !== false) return;
      throw new Error(
        `A porta ${port} foi tomada por outro programa durante o início de ${child.name}. Tente de novo, ou escolha outra com PORT=…`,
      );
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
