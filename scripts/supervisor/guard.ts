import type { Child } from './child.ts';

export interface GuardPlan {
  /** Answers at once while the child is alive, whatever else is down. */
  url: string;
  /** Nothing is asked, and nothing killed, once this is raised. */
  wanted: AbortSignal;
  tell: (line: string) => void;
  everyMs?: number;
  timeoutMs?: number;
  /** Unanswered in a row, and it is killed. */
  most?: number;
}

/**
 * Asks a child again and again whether it lives. One that hangs does not end by itself and so would never be started anew: after some ten
 * seconds of silence it is killed with all it started, after its log has been looked at for the stack its watchdog wrote.
 */
export function guardChild(child: Child, plan: GuardPlan): void {
  const { everyMs = 1_000, timeoutMs = 1_500, most = 4 } = plan;
  const watch = async (): Promise<void> => {
    let silent = 0;
    while (!child.hasEnded() && !plan.wanted.aborted) {
      silent = (await answers(plan.url, timeoutMs)) ? 0 : silent + 1;
      if (silent >= most && !child.hasEnded() && !plan.wanted.aborted) {
        plan.tell(`${child.name} (pid ${child.pid}) não responde em ${plan.url}: encerrado à força. ${whereItHung(child)}`);
        child.kill();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, everyMs).unref());
    }
  };
  watch().catch((error: Error) => plan.tell(`a vigia de ${child.name} parou: ${error.message}`));
}

async function answers(url: string, timeoutMs: number): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

function whereItHung(child: Child): string {
  const line = child.lastLines(200).findLast((one) => one.includes('"the event loop hangs"'));
  if (!line) return `Onde parou não se sabe; veja ${child.logFile}.`;
  try {
    const { stack } = JSON.parse(line) as { stack: string[] };
    return `Estava em:\n${stack.map((frame) => `    ${frame}`).join('\n')}`;
  } catch {
    return `Onde parou: ${child.logFile}.`;
  }
}
