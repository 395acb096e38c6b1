import { Component, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { type Answer, Api } from '#core/api';
import { TPipe } from '#core/i18n/pipes';
import { load } from '#core/load';
import { type Problem, toProblem } from '#core/problem';
import { Session } from '#core/session';
import { CopyButton } from '#ui/copy-button';
import { ProblemBox } from '#ui/problem-box';
import { QrCode } from '#ui/qr-code';
import './texts';

type Secret = Answer<'/bff/v1/identity/totp', 'post'>;

/** The operator's own log-in: a second factor by one-time codes, and a password that nobody else has seen. */
@Component({
  selector: 'la-own-security',
  imports: [MatButton, CopyButton, ProblemBox, QrCode, TPipe],
  templateUrl: './seguranca.html',
  styles: `:host{display:grid;gap:16px}form{display:grid;gap:10px;max-width:26rem;justify-items:start}label{display:grid;gap:4px;width:100%}
    input{font:inherit;color:inherit;background:var(--mat-sys-surface);border:1px solid var(--mat-sys-outline);border-radius:10px;padding:10px}.qr{max-width:200px}code{overflow-wrap:anywhere}pre{margin:8px 0}`,
})
export class Seguranca {
  private readonly api = inject(Api);
  protected readonly session = inject(Session);
  protected readonly state = load({ of: () => 'own' as const, read: () => this.api.get('/bff/v1/identity/security') });
  protected readonly secret = signal<Secret | null>(null);
  protected readonly codes = signal<string[] | null>(null);
  protected readonly isDone = signal(false);
  protected readonly isChanged = signal(false);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);

  protected begin(event: Event, password: string): Promise<void> {
    return this.attempt(event, async () => this.secret.set(await this.api.post('/bff/v1/identity/totp', { proof: { password } })));
  }
  protected confirm(event: Event, code: string): Promise<void> {
    return this.attempt(event, async () => {
      const { recoveryCodes } = await this.api.post('/bff/v1/identity/totp/confirm', { code: code.trim() });
      this.secret.set(null);
      this.codes.set(recoveryCodes);
      this.isDone.set(true);
      await this.state.reload();
    });
  }
  protected change(event: Event, present: string, next: string): Promise<void> {
    return this.attempt(event, async () => {
      await this.api.post('/bff/v1/identity/password', { present, next });
      this.isChanged.set(true);
    });
  }
  private async attempt(event: Event, work: () => Promise<unknown>): Promise<void> {
    event.preventDefault();
    if (this.busy()) return;
    this.busy.set(true);
    this.problem.set(null);
    try {
      await work();
    } catch (err) {
      this.problem.set(toProblem(err));
    } finally {
      this.busy.set(false);
    }
  }
}
