import { afterNextRender, Component, computed, ElementRef, inject, input, output, signal } from '@angular/core';
import { FormField, form, required, submit } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { ProblemBox } from '#ui/problem-box';
import { OwnProof, type Proof, type Ways } from './own-proof';
import './texts';

/** Asks for the fresh proof that a change wants, and carries the change out with it: a factor of those who have one, else the password. */
@Component({
  selector: 'la-prove-again',
  imports: [FormField, MatButton, MatError, MatFormField, MatLabel, MatInput, ProblemBox, TPipe],
  template: `<p class="muted">{{ (asksPassword() ? 'ownProof.password' : 'ownProof.factor') | t }}</p>
    @if (problem(); as p) {<la-problem [problem]="p" />}
    @if (asksPassword() || state().totpSince) {
      <form novalidate (submit)="send($event)">
        <mat-form-field><mat-label>{{ (asksPassword() ? 'ownProof.present' : 'ownProof.code') | t }}</mat-label>
          <input matInput [formField]="f.typed" [type]="asksPassword() ? 'password' : 'text'" [autocomplete]="asksPassword() ? 'current-password' : 'one-time-code'" [attr.inputmode]="asksPassword() ? null : 'numeric'" data-testid="proof">
          <mat-error>{{ err(f.typed().errors()) }}</mat-error></mat-form-field>
        <div class="row"><button matButton="filled" type="submit" [disabled]="busy()" disabledInteractive data-testid="prove">{{ 'ownProof.goOn' | t }}</button>
          <button matButton type="button" (click)="cancelled.emit()">{{ 'common.cancel' | t }}</button></div>
      </form>
    }
    @if (!asksPassword() && state().passkeys.length) {
      <div class="row"><button matButton="outlined" type="button" [disabled]="busy()" disabledInteractive data-testid="prove-passkey" (click)="byPasskey()">{{ 'ownProof.passkey' | t }}</button>
        @if (!state().totpSince) {<button matButton type="button" (click)="cancelled.emit()">{{ 'common.cancel' | t }}</button>}</div>
    }`,
  styles: ':host{display:grid;gap:12px}form{display:grid;gap:12px;max-width:26rem}.row{display:flex;flex-wrap:wrap;gap:8px}',
})
export class ProveAgain {
  readonly state = input.required<Ways>();
  /** What is done with the proof; it fails as a call does. */
  readonly change = input.required<(proof: Proof) => Promise<void>>();
  readonly cancelled = output();
  private readonly api = inject(OwnProof);
  private readonly i18n = inject(I18n);
  protected readonly asksPassword = computed(() => {
    const { totpSince, passkeys, mustAddFactor } = this.state();
    return mustAddFactor || (!totpSince && passkeys.length === 0);
  });
  protected readonly model = signal({ typed: '' });
  protected readonly f = form(this.model, (p) => required(p.typed, { message: 'common.required' }));
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);

  constructor() {
    const host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    afterNextRender(() => host.querySelector<HTMLElement>('input, button')?.focus());
  }
  protected err(e: readonly { message?: string }[]): string {
    return e[0]?.message ? this.i18n.t(e[0].message as Key) : '';
  }
  protected async send(ev: Event): Promise<void> {
    ev.preventDefault();
    if (this.busy()) return;
    await submit(this.f, async () => {
      const { typed } = this.model();
      await this.attempt(async () => (this.asksPassword() ? { password: typed } : { code: typed.trim() }));
      return undefined;
    });
  }
  protected byPasskey(): Promise<void> {
    return this.attempt(() => this.api.byPasskey());
  }
  private async attempt(prove: () => Promise<Proof>): Promise<void> {
    this.problem.set(null);
    this.busy.set(true);
    try {
      await this.change()(await prove());
    } catch (err) {
      this.problem.set(toProblem(err));
      this.model.set({ typed: '' });
      this.f.typed().reset();
    } finally {
      this.busy.set(false);
    }
  }
}
