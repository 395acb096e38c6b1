import { DOCUMENT, Injectable, inject } from '@angular/core';

/** Pages of another account than the person's own first one live under `/c/<account>`: what an address shows is in the address, whatever other tabs show. */
const PREFIX = /^\/c\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?=\/|$)/;

/** The account that a path of this app names, or null. */
export const accountIn = (path: string): string | null => PREFIX.exec(path)?.[1] ?? null;
/** Where the router begins: addresses within the app are the same for every account. */
export const baseOf = (path: string): string => `${PREFIX.exec(path)?.[0] ?? ''}/`;
/** A page of an account; null for the person's own first one. Going there loads the app anew, so that nothing of the other account stays in it. */
export const pageOf = (account: string | null, page: string): string => (account ? `/c/${account}/${page}` : `/${page}`);

export const ACCOUNT_HEADER = 'Lastro-Account';

/** The account that this tab is about. It stands in the address and nowhere else. */
@Injectable({ providedIn: 'root' })
export class ActingAccount {
  private readonly location = inject(DOCUMENT).defaultView!.location;
  /** Null: the person's own first one. */
  readonly named = accountIn(this.location.pathname);
  /** What browsers fetch without a header of ours names the account in its query. */
  readonly query: { account?: string } = this.named ? { account: this.named } : {};
  /** Loads the app anew for another account, or none. */
  goTo(account: string | null, page = 'inicio'): void {
    this.location.assign(pageOf(account, page));
  }
}
