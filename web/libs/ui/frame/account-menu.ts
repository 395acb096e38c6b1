import { Component, computed, inject } from '@angular/core';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { ActingAccount, pageOf } from '#core/account';
import { type Account, Accounts } from '#core/accounts';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { Icon } from '../icon';

const ROLES: Record<Account['role'], Key> = {
  owner: 'accounts.role.owner',
  operator: 'accounts.role.operator',
  accountant: 'accounts.role.accountant',
  viewer: 'accounts.role.viewer',
};

/**
 * Which account this tab shows, and the way to the others. The ways are links: each account has addresses of its own, also in a new tab. Going to another
 * one loads the app anew, so that nothing of the first stays in it.
 */
@Component({
  selector: 'la-account-menu',
  imports: [MatMenu, MatMenuItem, MatMenuTrigger, Icon, TPipe],
  template: `<button type="button" class="pill" [matMenuTriggerFor]="menu" (menuOpened)="accounts.reload()" data-testid="account-menu" [attr.data-account]="accounts.shownId()"><la-icon [name]="current()?.kind === 'company' ? 'company' : 'person'" /><span class="n">{{ name() }}</span><span class="sr-only"> {{ 'accounts.switch' | t }}</span><la-icon name="switch" class="s" /></button>
    <mat-menu #menu="matMenu" xPosition="before">
      @for (one of accounts.all() ?? []; track one.accountId) {
        <a mat-menu-item [href]="hrefOf(one)" [attr.aria-current]="one.accountId === accounts.shownId() ? 'true' : null" [attr.data-testid]="'account-' + one.accountId"><la-icon [name]="one.kind === 'company' ? 'company' : 'person'" class="mi" /><span class="two"><b>{{ accounts.nameOf(one) }}</b><small>{{ roles[one.role] | t }}</small></span>@if (one.accountId === accounts.shownId()) {<la-icon name="check" class="mc" />}</a>
      }
      <a mat-menu-item href="/contas" data-testid="open-accounts"><la-icon name="next" class="mi" />{{ 'accounts.more' | t }}</a>
    </mat-menu>`,
  styles: `.pill{display:flex;align-items:center;gap:8px;max-width:15rem;min-height:40px;padding:6px 12px;border:1px solid var(--la-line);border-radius:12px;background:transparent;color:inherit;font:inherit;font-size:.875rem;font-weight:550;cursor:pointer}
    .pill:hover{background:var(--la-soft)}.n{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.s{color:var(--la-muted)}
    .two{display:grid;line-height:1.25;padding:6px 0}.two b{font-weight:550}.two small{color:var(--la-muted)}.mi{margin-inline-end:12px}.mc{margin-inline-start:auto;padding-inline-start:12px}
    :host ::ng-deep .mat-mdc-menu-item-text{display:flex;align-items:center;width:100%}
    @media(max-width:760px){.n,.s{display:none}.pill{padding:6px 9px}}`,
})
export class AccountMenu {
  protected readonly accounts = inject(Accounts);
  private readonly acting = inject(ActingAccount);
  private readonly i18n = inject(I18n);
  protected readonly roles = ROLES;
  protected readonly current = this.accounts.current;
  protected readonly name = computed(() => {
    const shown = this.current();
    return shown ? this.accounts.nameOf(shown) : (this.accounts.isOwn() ? this.accounts.ownName() : '') || this.i18n.t('accounts.own');
  });
  /** Within the project that is shown. */
  protected hrefOf(one: Account): string {
    const { project } = this.acting;
    return pageOf(this.accounts.linkOf(one), project === 'negocio' ? 'hoje' : 'inicio', project);
  }
}
