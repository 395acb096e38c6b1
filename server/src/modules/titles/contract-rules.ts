import { type Static, Type } from 'typebox';
import { BusinessDate, nullable, Uuid } from '#platform/schemas.ts';
import { Above, closed, Description, KindName, literals, Ref, RollName, TEMPLATE, Terms } from './contract-titles.ts';
import { COMPETENCES, type Competence, UNITS, type Unit } from './domain/recurrence.ts';

/** Recurrence: what repeats, without a total. */

export const SCHEDULE = {
  firstOn: BusinessDate,
  unit: literals<Unit>(UNITS),
  every: Type.Optional(Type.Integer({ minimum: 1, maximum: 52, description: 'A cada quantas unidades; 1 se ausente' })),
  anchorDay: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 31, description: 'O dia do mês que a regra guarda (31: o último); o de firstOn se ausente' }),
  ),
  roll: Type.Optional(RollName),
  competence: Type.Optional(
    literals<Competence>(COMPETENCES, 'due: conta no próprio dia; month-before: no último dia do mês anterior, como um aluguel vencido'),
  ),
};
export const ScheduleOf = Type.Object(SCHEDULE, closed);
export type ScheduleOf = Static<typeof ScheduleOf>;

const END = {
  untilOn: Type.Optional(nullable(BusinessDate)),
  count: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 1_200 }))),
};
export const NewRule = Type.Object(
  {
    kind: KindName,
    ...TEMPLATE,
    schedule: ScheduleOf,
    ...END,
    leadDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 90, description: 'Quantos dias antes o título aparece; 30 se ausente' })),
  },
  closed,
);
export type NewRule = Static<typeof NewRule>;

export const SCOPES = ['following', 'all-open'] as const;
export const RuleChange = Type.Object(
  {
    scope: literals(SCOPES, 'following: esta e as seguintes; all-open: todas em aberto. Só esta: mude o título'),
    /** With `following`: the first occurrence that changes. */
    fromN: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
    description: Type.Optional(Description),
    amountMinor: Type.Optional(Above),
    category: Type.Optional(Ref),
    place: Type.Optional(nullable(Ref)),
    counterpartyId: Type.Optional(nullable(Uuid)),
    terms: Type.Optional(Terms),
    /** Other dates from that occurrence on, which falls on `firstOn`. */
    schedule: Type.Optional(ScheduleOf),
    ...END,
  },
  closed,
);
export type RuleChange = Static<typeof RuleChange>;

export const Occurrence = Type.Object({
  n: Type.Integer(),
  /** By the rule, before it is rolled. */
  nominalOn: BusinessDate,
  dueOn: BusinessDate,
  competenceOn: BusinessDate,
});
export const Occurrences = Type.Object({ occurrences: Type.Array(Occurrence) });

export const Rule = Type.Object({
  id: Uuid,
  kind: KindName,
  /** As it is for the occurrences to come. */
  description: Type.String(),
  amountMinor: Type.String(),
  categoryId: Uuid,
  placeId: nullable(Uuid),
  counterpartyId: nullable(Uuid),
  terms: Terms,
  schedule: Type.Object({
    firstOn: BusinessDate,
    unit: literals<Unit>(UNITS),
    every: Type.Integer(),
    anchorDay: Type.Integer(),
    roll: RollName,
    competence: literals<Competence>(COMPETENCES),
  }),
  untilOn: nullable(BusinessDate),
  count: nullable(Type.Integer()),
  leadDays: Type.Integer(),
  ended: Type.Boolean(),
  /** The occurrences that are no titles yet: the next of them. */
  next: Type.Array(Occurrence),
  version: Type.Integer(),
});
export type Rule = Static<typeof Rule>;
