import { Component, inject, input, output, signal } from '@angular/core';
import { FormField, form, required, submit } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { ProblemBox } from '#ui/problem-box';
import { SecurityApi, type SecurityState } from './security-api';

/** The address a person is written to, and the code that proves they read it. */
@Component({
  selector: 'la-email-card',
  imports: [FormField, MatButton, MatError, MatFormField, MatHint, MatLabel, MatInput, ProblemBox, TPipe],
  template: `<h2>{{ 'security.email' | t }}</h2>
    <p data-testid="email-state"><b>{{ email().masked }}</b><span class="state" [class.ok]="email().verified">{{ (email().verified ? 'security.emailProved' : 'security.emailUnproved') | t }}</span></p>
    @if (problem(); as p) {<la-problem [problem]="p" />}
    @if (!email().verified) {
      <p class="muted">{{ (open() ? 'security.emailSent' : 'security.emailWhy') | t }}</p>
      @if (open()) {
        <form novalidate (submit)="confirm($event)">
          <mat-form-field><mat-label>{{ 'security.emailCode' | t }}</mat-label>
            <input matInput class="num" [formField]="f.code" inputmode="numeric" autocomplete="one-time-code" data-testid="email-code">
            <mat-hint>{{ 'security.emailHint' | t }}</mat-hint><mat-error>{{ err(f.code().errors()) }}</mat-error></mat-form-field>
          <div class="row"><button matButton="filled" type="submit" [disabled]="busy()" disabledInteractive data-testid="confirm-email">{{ 'security.emailConfirm' | t }}</button>
            <button matButton type="button" [disabled]="busy()" disabledInteractive (click)="send()">{{ 'security.emailAgain' | t }}</button></div>
        </form>
      } @else {
        <div class="row"><button matButton="outlined" type="button" [disabled]="busy()" disabledInteractive data-testid="send-email-code" (click)="send()">{{ 'security.emailSend' | t }}</button>
          <button matButton type="button" data-testid="have-email-code" (click)="open.set(true)">{{ 'security.emailHave' | t }}</button></div>
      }
    }`,
  styles:
    ':host{display:grid;gap:12px}form{display:grid;gap:14px;max-width:26rem}.row{display:flex;flex-wrap:wrap;gap:8px}.state{margin-inline-start:8px;font-size:.8125rem;font-weight:550;color:var(--la-muted)}.ok{color:var(--la-in)}',
})
export class EmailCard {
  readonly email = input.required<SecurityState['email']>();
  readonly changed = output();
  private readonly api = inject(SecurityApi);
  private readonly i18n = inject(I18n);
  protected readonly open = signal(false);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly model = signal({ code: '' });
  protected readonly f = form(this.model, (p) => required(p.code, { message: 'common.required' }));

  protected err(e: readonly { message?: string }[]): string {
    return e[0]?.message ? this.i18n.t(e[0].message as Key) : '';
  }
  protected send(): Promise<void> {
    return this.attempt(async () => {
      await this.api.sendEmailCode();
      this.open.set(true);
    });
  }
  protected async confirm(ev: Event): Promise<void> {
    ev.preventDefault();
    await submit(this.f, async () => {
      await this.attempt(async () => {
        await this.api.confirmEmail(this.model().code);
        this.open.set(false);
        this.changed.emit();
      });
      return undefined;
    });
  }
  private async attempt(step: () => Promise<void>): Promise<void> {
    if (this.busy()) return;
    this.problem.set(null);
    this.busy.set(true);
    try {
      await step();
    } catch (err) {
      this.problem.set(toProblem(err));
    } finally {
      this.busy.set(false);
    }
  }
}
