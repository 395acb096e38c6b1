import { Component, inject, signal } from '@angular/core';
import { FormField, form, maxLength, required, submit, validate } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MaskitoDirective } from '@maskito/angular';
import { ActingAccount, pageOf } from '#core/account';
import { type Account, Accounts } from '#core/accounts';
import { Api } from '#core/api';
import { isCnpj } from '#core/documents';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { IntentKey } from '#core/intent';
import { CNPJ_MASK } from '#core/masks';
import { type Problem, toProblem } from '#core/problem';
import { Session } from '#core/session';
import { FORM_DEFAULTS } from '#ui/form-defaults';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import './texts';

const MOST_LETTERS = 60;

/** The accounts a person acts on, and the ways to have one more: a company's, by its CNPJ, or a second one of their own. */
@Component({
  selector: 'la-contas',
  imports: [FormField, MatButton, MatError, MatFormField, MatHint, MatLabel, MatInput, MaskitoDirective, Icon, ProblemBox, TPipe],
  providers: [FORM_DEFAULTS],
  templateUrl: './contas.html',
  styleUrl: './contas.scss',
})
export class Contas {
  private readonly api = inject(Api);
  private readonly acting = inject(ActingAccount);
  private readonly session = inject(Session);
  private readonly i18n = inject(I18n);
  protected readonly accounts = inject(Accounts);
  protected readonly cnpjMask = CNPJ_MASK;
  protected readonly busy = signal(false);
  protected readonly companyProblem = signal<Problem | null>(null);
  protected readonly secondProblem = signal<Problem | null>(null);
  private readonly companyIntent = new IntentKey();
  private readonly secondIntent = new IntentKey();
  private readonly company = signal({ cnpj: '', legalName: '', tradeName: '' });
  protected readonly c = form(this.company, (p) => {
    required(p.cnpj, { message: 'common.required' });
    required(p.legalName, { message: 'common.required' });
    maxLength(p.legalName, 150);
    maxLength(p.tradeName, 150);
    validate(p.cnpj, ({ value }) => (value() && !isCnpj(value()) ? { kind: 'cnpj', message: 'allAccounts.badCnpj' } : undefined));
  });
  private readonly second = signal({ label: '' });
  protected readonly l = form(this.second, (p) => {
    required(p.label, { message: 'common.required' });
    maxLength(p.label, MOST_LETTERS, { message: 'allAccounts.tooLong' });
  });

  constructor() {
    void this.accounts.reload();
  }
  protected roleKey(role: Account['role']): Key {
    return `accounts.role.${role}`;
  }
  protected hrefOf(one: Account): string {
    return this.session.has('inicio') ? pageOf(this.accounts.linkOf(one), 'inicio') : pageOf(this.accounts.linkOf(one), 'hoje', 'negocio');
  }
  protected err(e: readonly { message?: string }[]): string {
    return e[0]?.message ? this.i18n.t(e[0].message as Key) : '';
  }
  protected async openCompany(ev: Event): Promise<void> {
    ev.preventDefault();
    await submit(this.c, async () => {
      const { cnpj, legalName, tradeName } = this.company();
      const body = { cnpj, legalName: legalName.trim(), ...(tradeName.trim() ? { tradeName: tradeName.trim() } : {}) };
      await this.make(this.companyProblem, async () => {
        const { accountId } = await this.api.post('/bff/v1/companies', body, { key: this.companyIntent.keyFor(body) });
        // Where shops keep books, whoever has just opened one begins there; else with the people in it.
        if (this.session.has('hoje')) this.acting.goTo(accountId, 'hoje', 'negocio');
        else this.acting.goTo(accountId, 'equipe');
      });
      return undefined;
    });
  }
  protected async openSecond(ev: Event): Promise<void> {
    ev.preventDefault();
    await submit(this.l, async () => {
      const body = { label: this.second().label.trim() };
      await this.make(this.secondProblem, async () => {
        const { accountId } = await this.api.post('/bff/v1/accounts', body, { key: this.secondIntent.keyFor(body) });
        this.acting.goTo(accountId);
      });
      return undefined;
    });
  }
  private async make(problem: typeof this.companyProblem, work: () => Promise<void>): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    problem.set(null);
    try {
      await work();
    } catch (err) {
      problem.set(toProblem(err));
      this.busy.set(false);
    }
  }
}
