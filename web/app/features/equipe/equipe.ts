import { Component, computed, Injector, inject, signal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { ActingAccount } from '#core/account';
import { type Account, Accounts } from '#core/accounts';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { Live } from '#core/live/live';
import { type Problem, toProblem } from '#core/problem';
import { confirm } from '#ui/confirm';
import { FORM_DEFAULTS } from '#ui/form-defaults';
import { ProblemBox } from '#ui/problem-box';
import { type Grant, GrantFields, grantBody, NEW_GRANT } from './grant-fields';
import { InviteCard } from './invite-card';
import { type Colleague, type Invitation, TeamApi } from './team-api';
import './texts';

/** Who acts on the account of this tab: owners invite, change and remove; everybody may leave. */
@Component({
  selector: 'la-equipe',
  imports: [MatButton, GrantFields, InviteCard, ProblemBox, TPipe],
  providers: [FORM_DEFAULTS],
  templateUrl: './equipe.html',
  styleUrl: './equipe.scss',
})
export class Equipe {
  private readonly api = inject(TeamApi);
  private readonly acting = inject(ActingAccount);
  private readonly injector = inject(Injector);
  protected readonly accounts = inject(Accounts);
  protected readonly i18n = inject(I18n);
  protected readonly members = signal<readonly Colleague[] | null>(null);
  protected readonly invitations = signal<readonly Invitation[]>([]);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly busy = signal(false);
  protected readonly said = signal('');
  /** Whose role is being changed, and to what. */
  protected readonly editing = signal<string | null>(null);
  protected readonly grant = signal<Grant>(NEW_GRANT);
  protected readonly manages = computed(() => this.members()?.some(({ self, role }) => self && role === 'owner') ?? false);

  constructor() {
    void this.load();
    inject(Live)
      .events.pipe(takeUntilDestroyed())
      .subscribe((event) => {
        if (event.type === 'membership') void this.load();
      });
  }
  protected async load(): Promise<void> {
    try {
      const { members, invitations } = await this.api.team();
      this.members.set(members);
      this.invitations.set(invitations);
      this.problem.set(null);
    } catch (err) {
      this.problem.set(toProblem(err));
    }
  }
  protected roleKey(role: Account['role']): Key {
    return `accounts.role.${role}`;
  }
  protected limitsOf({ limits }: Pick<Colleague, 'limits'>): string {
    const { perPaymentMinor, perDayMinor } = limits;
    const told = [
      perPaymentMinor ? this.i18n.t('team.perPayment', { v: this.i18n.money(perPaymentMinor) }) : '',
      perDayMinor ? this.i18n.t('team.perDay', { v: this.i18n.money(perDayMinor) }) : '',
    ].filter(Boolean);
    return told.join(' · ') || this.i18n.t('team.noLimit');
  }
  protected edit(one: Colleague): void {
    if (this.editing() === one.subjectId) {
      this.editing.set(null);
      return;
    }
    const { perPaymentMinor, perDayMinor } = one.limits;
    const typed = (minor: string | null): string => (minor ? this.i18n.money(minor) : '');
    this.grant.set({ role: one.role, perPayment: typed(perPaymentMinor), perDay: typed(perDayMinor) });
    this.editing.set(one.subjectId);
  }
  protected async save(ev: Event, { subjectId, version }: Colleague): Promise<void> {
    ev.preventDefault();
    await this.change(async () => {
      await this.api.set(subjectId, { ...grantBody(this.grant()), version });
      this.editing.set(null);
    });
  }
  protected async end({ subjectId, name, self }: Colleague): Promise<void> {
    const t = (key: Key) => this.i18n.t(key, { name });
    const question = self
      ? { title: t('team.leaveAsk'), text: t('team.leaveText'), yes: t('team.leave') }
      : { title: t('team.removeAsk'), text: t('team.removeText'), yes: t('team.remove') };
    if (!(await confirm(this.injector, question))) return;
    await this.change(async () => {
      await this.api.end(subjectId);
      if (self) this.acting.goTo(null);
    });
  }
  protected async withdraw({ id }: Invitation): Promise<void> {
    await this.change(() => this.api.withdraw(id));
  }
  /** Whatever became of it, what is shown is read again: somebody else may have changed it meanwhile. */
  private async change(work: () => Promise<unknown>): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.said.set('');
    let failed: Problem | null = null;
    try {
      await work();
      this.said.set(this.i18n.t('team.done'));
    } catch (err) {
      failed = toProblem(err);
    }
    await this.load();
    if (failed) this.problem.set(failed);
    this.busy.set(false);
  }
}
