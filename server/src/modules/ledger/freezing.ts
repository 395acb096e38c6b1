import { refusePlatform } from '#platform/errors.ts';
import type { Caller } from '#platform/http/app.ts';
import type { CommandInput } from './contract.ts';

/** Blocking money for a court or MED, and ending such a block, is not for every service that moves money. */
const FREEZE_SCOPE = 'ledger:freeze';

/** @throws PLATFORM_FORBIDDEN when a command is about a block of a court or MED and the caller may not. */
export function refuseFreezing(caller: Caller, commands: readonly CommandInput[]): void {
  if (caller.scopes.has(FREEZE_SCOPE)) return;
  const freezes = (command: CommandInput): boolean =>
    ('purpose' in command && command.purpose !== undefined && command.purpose !== 'payment') ||
    ('reference' in command && command.reference !== undefined);
  if (commands.some(freezes))
    throw refusePlatform('PLATFORM_FORBIDDEN', {
      detail: {
        pt: `Bloqueio judicial ou MED pede o escopo ${FREEZE_SCOPE}.`,
        en: `A hold of a court or MED asks for the scope ${FREEZE_SCOPE}.`,
      },
    });
}
