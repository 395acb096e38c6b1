import { type TString, Type } from 'typebox';
import { parsePublicId } from '#platform/id.ts';
import { type CommandInput, commandForms, type NewAccount, newAccount } from './contract.ts';

const UUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

/** An id as callers write it: a UUID, in small or capital letters, or the readable form that answers show as `publicId`. */
const idOf = (prefix: string): TString =>
  Type.String({
    pattern: `^(${UUID}|${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25})$`,
    description: `UUID, or its readable form ${prefix}_…`,
    'x-words': { pt: `precisa ser um UUID ou ${prefix}_… com 26 letras`, en: `must be a UUID or ${prefix}_… with 26 letters` },
  });

export const AccountId = idOf('acc');
export const CommandId = idOf('trf');
const SubjectId = idOf('sub');

const forms = commandForms(AccountId, CommandId);

const [A, B] = ['0192f000-0000-7000-8000-00000000000a', '0192f000-0000-7000-8000-00000000000b'];
const subjectId = '0192f000-0000-7000-8000-0000000000d0';
const account = { id: A, code: 'customer', asset: 'BRL', normalSide: 'credit', debitsMustNotExceedCredits: true, subjectId };
const plain = newAccount(AccountId, SubjectId);
export const AccountBody = { ...plain, examples: [account] } as typeof plain;
const [id, holdId] = ['0192f000-0000-7000-8000-0000000000c1', '0192f000-0000-7000-8000-0000000000c0'];
/** One command of each kind, as the API's page shows them. */
const EXAMPLES = [
  { id, kind: 'transfer', debitAccountId: A, creditAccountId: B, amountMinor: '1050', metadata: { order: '42' } },
  { id, kind: 'hold', debitAccountId: A, creditAccountId: B, amountMinor: '1050', expiresAt: '2027-01-31T23:59:59-03:00' },
  { id, kind: 'settle', holdId, amountMinor: '500', keepRest: true },
  { id, kind: 'release', holdId, reason: 'cancelled' },
  { id, kind: 'reverse', transferId: holdId, amountMinor: '300' },
  { id, kind: 'account', accountId: A, state: 'blocked', reason: 'court-order' },
  { id, kind: 'close-period', until: '2026-10-31' },
];
export const CommandBody = { ...forms, examples: EXAMPLES } as typeof forms;

/** The account with its ids as the ledger knows them. */
export function readAccountIds(account: NewAccount): NewAccount {
  const subject = account.subjectId ? { subjectId: parsePublicId('sub', account.subjectId) } : {};
  return { ...account, id: parsePublicId('acc', account.id), ...subject };
}

const PREFIXES: Record<string, string> = {
  id: 'trf',
  holdId: 'trf',
  transferId: 'trf',
  accountId: 'acc',
  debitAccountId: 'acc',
  creditAccountId: 'acc',
};

/** The command with its ids as the ledger knows them. */
export function readCommandIds(command: CommandInput): CommandInput {
  const read: Record<string, unknown> = { ...command };
  for (const [name, prefix] of Object.entries(PREFIXES)) {
    const written = read[name];
    if (typeof written === 'string') read[name] = parsePublicId(prefix, written);
  }
  if (command.onlyIf) read.onlyIf = command.onlyIf.map((one) => ({ ...one, accountId: parsePublicId('acc', one.accountId) }));
  return read as CommandInput;
}
