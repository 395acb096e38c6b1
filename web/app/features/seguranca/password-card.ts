import { Component, computed, inject, input, output, signal } from '@angular/core';
import { FormField, form, required, submit } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { ProblemBox } from '#ui/problem-box';
import { SecurityApi } from './security-api';

const SHORTEST = 12;

/** Another password, for whoever knows the present one. */
@Component({
  selector: 'la-password-card',
  imports: [FormField, MatButton, MatError, MatFormField, MatHint, MatLabel, MatInput, ProblemBox, TPipe],
  template: `<h2>{{ 'security.password' | t }}</h2>
    <p class="muted">{{ since() }}</p>
    @if (done(); as n) {<p role="status" data-testid="password-changed">{{ n }}</p>}
    @if (open()) {
      @if (problem(); as p) {<la-problem [problem]="p" />}
      <form novalidate (submit)="send($event)">
        <mat-form-field><mat-label>{{ 'security.present' | t }}</mat-label>
          <input matInput type="password" [formField]="f.present" autocomplete="current-password" data-testid="present">
          <mat-error>{{ err(f.present().errors()) }}</mat-error></mat-form-field>
        <mat-form-field><mat-label>{{ 'security.next' | t }}</mat-label>
          <input matInput type="password" [formField]="f.next" autocomplete="new-password" data-testid="next">
          <mat-hint>{{ 'security.nextHint' | t }}</mat-hint><mat-error>{{ err(f.next().errors()) }}</mat-error></mat-form-field>
        <div class="row"><button matButton="filled" type="submit" [disabled]="busy()" disabledInteractive data-testid="change-password">{{ 'security.change' | t }}</button>
          <button matButton type="button" (click)="open.set(false)">{{ 'security.cancel' | t }}</button></div>
      </form>
    } @else {
      <button matButton="outlined" class="do" type="button" data-testid="open-password" (click)="start()">{{ 'security.change' | t }}</button>
    }`,
  styles:
    ':host{display:grid;gap:12px}form{display:grid;gap:14px;max-width:26rem}.row{display:flex;flex-wrap:wrap;gap:8px}.do{justify-self:start}',
})
export class PasswordCard {
  readonly changedAt = input.required<string | null>();
  readonly changed = output();
  private readonly api = inject(SecurityApi);
  private readonly i18n = inject(I18n);
  protected readonly open = signal(false);
  protected readonly busy = signal(false);
  protected readonly done = signal<string | null>(null);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly model = signal({ present: '', next: '' });
  protected readonly f = form(this.model, (p) => {
    required(p.present, { message: 'common.required' });
    required(p.next, { message: 'common.required' });
  });
  protected readonly since = computed(() => {
    const at = this.changedAt();
    return at ? this.i18n.t('security.passwordSince', { t: this.i18n.moment(at) }) : '';
  });

  protected err(e: readonly { message?: string }[]): string {
    return e[0]?.message ? this.i18n.t(e[0].message as Key) : '';
  }
  protected start(): void {
    this.done.set(null);
    this.problem.set(null);
    this.model.set({ present: '', next: '' });
    this.f().reset();
    this.open.set(true);
  }
  protected async send(ev: Event): Promise<void> {
    ev.preventDefault();
    if (this.busy()) return;
    await submit(this.f, async () => {
      const { present, next } = this.model();
      if ([...next].length < SHORTEST) return [{ fieldTree: this.f.next, kind: 'short', message: 'security.nextHint' }];
      this.busy.set(true);
      this.problem.set(null);
      try {
        const { endedLogIns } = await this.api.changePassword(present, next);
        this.open.set(false);
        this.done.set(this.i18n.t('security.passwordDone', { n: endedLogIns }));
        this.changed.emit();
      } catch (err) {
        this.problem.set(toProblem(err));
      } finally {
        this.busy.set(false);
      }
      return undefined;
    });
  }
}
