import { DOCUMENT, Injectable, inject } from '@angular/core';

/**
 * Pages of another account than the person's own first one live under `/c/<account>`: what an address shows is in the address, whatever other tabs show.
 * Behind it stands the project, where it is not the first: the shop's is `/c/<account>/negocio/…`.
 */
const PREFIX = /^\/c\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=\/|$)/;
const SHOP = /^\/negocio(?=\/|$)/;

/** Whose screens: people's and merchants' account, or a shop's books. */
export type Project = 'conta' | 'negocio';

/** The account that a path names, or null. */
export const accountIn = (path: string): string | null => PREFIX.exec(path)?.[1] ?? null;
export const projectIn = (path: string): Project => (SHOP.test(path.replace(PREFIX, '')) ? 'negocio' : 'conta');
/** Where the router begins: addresses within a project are the same for every account. */
export const baseOf = (path: string): string => pageOf(accountIn(path), '', projectIn(path));
/** A page of an account; null for the person's own first one. Going there loads the app anew, so that nothing of the other account stays in it. */
export const pageOf = (account: string | null, page: string, project: Project = 'conta'): string =>
  `${account ? `/c/${account}` : ''}${project === 'negocio' ? '/negocio' : ''}/${page}`;

export const ACCOUNT_HEADER = 'Lastro-Account';

/** The account that this tab is about. It stands in the address and nowhere else. */
@Injectable({ providedIn: 'root' })
export class ActingAccount {
  private readonly location = inject(DOCUMENT).defaultView!.location;
  /** Null: the person's own first one. */
  readonly named = accountIn(this.location.pathname);
  readonly project = projectIn(this.location.pathname);
  /** What browsers fetch without a header of ours names the account in its query. */
  readonly query: { account?: string } = this.named ? { account: this.named } : {};
  /** Loads the app anew for another account, or none. */
  goTo(account: string | null, page = 'inicio', project: Project = 'conta'): void {
    this.location.assign(pageOf(account, page, project));
  }
}
