import { Component, computed, inject, output, signal } from '@angular/core';
import { FormField, form, submit, validate } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { isEmail } from '#core/documents';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { IntentKey } from '#core/intent';
import { InvitationLink } from '#core/invitation';
import { type Problem, toProblem } from '#core/problem';
import { CopyButton } from '#ui/copy-button';
import { Notice } from '#ui/notice';
import { ProblemBox } from '#ui/problem-box';
import { GrantFields, grantBody, NEW_GRANT } from './grant-fields';
import { TeamApi } from './team-api';

/** Makes a link with which one person joins. It is shown once. */
@Component({
  selector: 'la-invite-card',
  imports: [FormField, MatButton, MatError, MatFormField, MatHint, MatLabel, MatInput, CopyButton, GrantFields, Notice, ProblemBox, TPipe],
  template: `<h2>{{ 'team.invite' | t }}</h2><p class="muted">{{ 'team.inviteSub' | t }}</p>
    @if (problem(); as p) {<la-problem [problem]="p" />}
    @if (link(); as l) {
      <la-notice tone="ok" icon="check" role="status" [heading]="'team.link' | t"><span class="link" data-testid="invitation-link">{{ l }}</span><span class="row"><la-copy [text]="l" label="team.copyLink" testid="copy-link" /><span class="muted small">{{ 'team.linkOnce' | t }}</span></span></la-notice>
    }
    <form novalidate (submit)="send($event)">
      <la-grant-fields [(grant)]="grant" prefix="invite-" />
      <mat-form-field><mat-label>{{ 'team.email' | t }}</mat-label>
        <input matInput type="email" [formField]="f.email" autocomplete="off" autocapitalize="off" spellcheck="false" data-testid="invite-email">
        <mat-hint>{{ 'team.emailHint' | t }}</mat-hint><mat-error>{{ emailError() }}</mat-error></mat-form-field>
      <button matButton="filled" class="do" type="submit" [disabled]="busy()" disabledInteractive data-testid="make-link">{{ 'team.make' | t }}</button>
    </form>`,
  styles:
    ':host,form{display:grid;gap:14px}.do{justify-self:start}.link{overflow-wrap:anywhere;font-size:.875rem}.row{display:flex;align-items:center;gap:8px;flex-wrap:wrap}',
})
export class InviteCard {
  readonly changed = output();
  private readonly api = inject(TeamApi);
  private readonly i18n = inject(I18n);
  private readonly intent = new IntentKey();
  protected readonly grant = signal(NEW_GRANT);
  protected readonly link = signal<string | null>(null);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  private readonly model = signal({ email: '' });
  protected readonly f = form(this.model, (p) => {
    validate(p.email, ({ value }) => (value() && !isEmail(value().trim()) ? { kind: 'email', message: 'team.badEmail' } : undefined));
  });
  protected readonly emailError = computed(() => {
    const message = this.f.email().errors()[0]?.message;
    return message ? this.i18n.t(message as Key) : '';
  });

  protected async send(ev: Event): Promise<void> {
    ev.preventDefault();
    if (this.busy()) return;
    await submit(this.f, async () => {
      const email = this.model().email.trim();
      const body = { ...grantBody(this.grant()), ...(email ? { email } : {}) };
      this.busy.set(true);
      this.problem.set(null);
      try {
        const { secret } = await this.api.invite(body, this.intent.keyFor(body));
        this.intent.renew();
        this.link.set(InvitationLink.addressOf(secret));
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
