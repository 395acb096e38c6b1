import type { Key } from '#core/i18n/i18n';
import './texts';

/** The server names its steps for machines; a name not known here is shown as it is. */
const BY_WORD: readonly (readonly [RegExp, Key])[] = [
  [/review/, 'step.review'],
  [/risk|^assess/, 'step.risk'],
  [/release|void|return|refund/, 'step.release'],
  [/hold|reserve|authori/, 'step.hold'],
  [/query|ask/, 'step.query'],
  [/confirm|await/, 'step.confirm'],
  [/settle|post|transfer|capture|debit/, 'step.settle'],
  [/send|sent|provider|submit|put|spi/, 'step.send'],
  [/creat|receiv|accept|start/, 'step.created'],
];
export const stepKey = (name: string): Key | null => BY_WORD.find(([word]) => word.test(name.toLowerCase()))?.[1] ?? null;
