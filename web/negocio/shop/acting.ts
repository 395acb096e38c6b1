import { signal } from '@angular/core';
import { IntentKey } from '#core/intent';
import { type Problem, toProblem } from '#core/problem';

/** One wish at a time, under a key that stays while it is the same wish; what went wrong stays to be read. */
export class Acting {
  private readonly intent = new IntentKey();
  readonly busy = signal(false);
  readonly problem = signal<Problem | null>(null);

  /** What was answered, or null when it was refused or nothing was. */
  async wish<T>(body: unknown, send: (key: string) => Promise<T>): Promise<T | null> {
    if (this.busy()) return null;
    this.busy.set(true);
    this.problem.set(null);
    try {
      const answer = await send(this.intent.keyFor(body));
      this.intent.renew();
      return answer;
    } catch (error) {
      this.problem.set(toProblem(error));
      return null;
    } finally {
      this.busy.set(false);
    }
  }
}
