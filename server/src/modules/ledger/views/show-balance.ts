import { available, held, posted } from '../domain/balance.ts';
import type { Account, Balance } from '../domain/model.ts';

/** A balance as it goes over the wire: told from the account's normal side, and gross. */
export function showBalance(account: Account, balance: Balance) {
  return {
    postedMinor: posted(account, balance).toString(),
    heldMinor: held(account, balance).toString(),
    availableMinor: available(account, balance).toString(),
    postedDebitsMinor: balance.postedDebits.toString(),
    postedCreditsMinor: balance.postedCredits.toString(),
    pendingDebitsMinor: balance.pendingDebits.toString(),
    pendingCreditsMinor: balance.pendingCredits.toString(),
  };
}
