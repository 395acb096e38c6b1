import { Component, computed, inject, input, output, signal } from '@angular/core';
import { FormField, form, required, submit } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { CopyButton } from '#ui/copy-button';
import { ProblemBox } from '#ui/problem-box';
import { QrCode } from '#ui/qr-code';
import { SecurityApi } from './security-api';

/** A new secret for the authenticator app, as a code to scan and as text to type, and its first code. */
@Component({
  selector: 'la-totp-setup',
  imports: [FormField, MatButton, MatError, MatFormField, MatLabel, MatInput, CopyButton, ProblemBox, QrCode, TPipe],
  template: `<p>{{ 'security.totpScan' | t }}</p>
    <la-qr class="qr" [text]="uri()" [label]="'security.totpQr' | t" />
    <p class="secret"><span class="muted">{{ 'security.totpTyped' | t }}</span><code class="num" data-testid="totp-secret">{{ groups() }}</code><la-copy [text]="secret()" /></p>
    @if (problem(); as p) {<la-problem [problem]="p" />}
    <form novalidate (submit)="send($event)">
      <mat-form-field><mat-label>{{ 'security.codeLabel' | t }}</mat-label>
        <input matInput class="num" [formField]="f.code" inputmode="numeric" autocomplete="one-time-code" data-testid="totp-code">
        <mat-error>{{ err(f.code().errors()) }}</mat-error></mat-form-field>
      <button matButton="filled" class="do" type="submit" [disabled]="busy()" disabledInteractive data-testid="totp-confirm">{{ 'security.totpConfirm' | t }}</button>
    </form>`,
  styles:
    ':host{display:grid;gap:14px}.qr{max-width:220px}.secret{display:flex;flex-wrap:wrap;align-items:center;gap:4px 10px}code{overflow-wrap:anywhere}form{display:grid;gap:12px;max-width:26rem}.do{justify-self:start}',
})
export class TotpSetup {
  readonly secret = input.required<string>();
  readonly uri = input.required<string>();
  readonly confirmed = output<string[] | null>();
  private readonly api = inject(SecurityApi);
  private readonly i18n = inject(I18n);
  protected readonly groups = computed(() => this.secret().replace(/(.{4})(?=.)/g, '$1 '));
  protected readonly model = signal({ code: '' });
  protected readonly f = form(this.model, (p) => required(p.code, { message: 'common.required' }));
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);

  protected err(e: readonly { message?: string }[]): string {
    return e[0]?.message ? this.i18n.t(e[0].message as Key) : '';
  }
  protected async send(ev: Event): Promise<void> {
    ev.preventDefault();
    if (this.busy()) return;
    await submit(this.f, async () => {
      this.busy.set(true);
      this.problem.set(null);
      try {
        this.confirmed.emit((await this.api.confirmTotp(this.model().code)).recoveryCodes);
      } catch (err) {
        this.problem.set(toProblem(err));
      } finally {
        this.busy.set(false);
      }
      return undefined;
    });
  }
}
