import type { NewEvent } from '#platform/bus/bus.ts';
import type { Actor } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { RULE_SET, SETTLEMENT_BOOKED, type SettlementBooked, TITLE_SET, type TitleSet } from './events.ts';
import { titleSet } from './present.ts';
import type { RuleRecord } from './store/rules.ts';
import type { TitleRecord } from './store/titles.ts';

export type By = { tenantId: string; actor: Actor; at: Date };

const event = <T>({ tenantId, actor, at }: By, type: string, key: string, subjectId: string, data: T): NewEvent<T> => ({
  id: newId(),
  type,
  tenantId,
  key,
  subjectId,
  actor,
  time: at.toISOString(),
  data,
});

/** What others are told of a title; its subject is the shop's account. */
export const ofTitle = (by: By, title: TitleRecord, change: TitleSet['change'], version: number): NewEvent<TitleSet> =>
  event(by, TITLE_SET, title.id, title.accountId, titleSet(title, change, version));

export const ofSettlement = (by: By, data: SettlementBooked): NewEvent<SettlementBooked> =>
  event(by, SETTLEMENT_BOOKED, data.titleId, data.accountId, data);

export const ofRule = (by: By, { id, accountId, kind, ended }: RuleRecord, version: number) =>
  event(by, RULE_SET, id, accountId, { ruleId: id, accountId, kind, version, ended });
