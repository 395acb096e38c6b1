import { type Static, Type } from 'typebox';
import { BusinessDate, nullable, Uuid } from '#platform/schemas.ts';
import { CATEGORY_GROUPS, type CategoryGroup } from './domain/chart.ts';
import { PLACE_KINDS, type PlaceKind } from './domain/places.ts';

/** What a shop's books consist of: stores, places where money is, categories. */

const closed = { additionalProperties: false } as const;
export const literals = <T extends string>(values: readonly T[], description?: string) =>
  Type.Unsafe<T>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      description === undefined ? {} : { description },
    ),
  );

export const Name = Type.String({ minLength: 1, maxLength: 60 });
const Archived = Type.Optional(Type.Boolean({ description: 'Arquivado: fica no histórico e não recebe lançamentos novos' }));

export const CategoryGroupName = literals<CategoryGroup>(
  CATEGORY_GROUPS,
  'revenue: receita; deduction: dedução da receita; cost: custo; expense: despesa; financial-income e financial-expense: financeiro; difference: diferença de caixa',
);
export const PlaceKindName = literals<PlaceKind>(
  PLACE_KINDS,
  'drawer: caixa; safe: cofre; bank: banco; transit: numerário em trânsito; wallet: conta na plataforma',
);

/**
 * `new`: made once for the idempotency key of the context, under an id of its own; `known`: changed, if it is there. Left out: either, under the id given,
 * which rooms of this house derive from what it is about.
 */
export const SaveMode = Type.Optional(literals(['new', 'known'] as const));

export const Store = Type.Object({ id: Uuid, name: Name, archived: Type.Boolean() });
export type Store = Static<typeof Store>;
export const NewStore = Type.Object({ id: Uuid, name: Name, archived: Archived }, closed);
export type NewStore = Static<typeof NewStore>;

/** Where money is. Its id is that of its account in the ledger. */
export const Place = Type.Object({
  id: Uuid,
  storeId: Uuid,
  kind: PlaceKindName,
  name: Name,
  archived: Type.Boolean(),
  /** What a default one is known by, so that callers need not ask for its id. */
  key: nullable(Type.String()),
});
export type Place = Static<typeof Place>;
export const NewPlace = Type.Object(
  {
    id: Uuid,
    /** Left out: where it is already, or the shop's first store. */
    storeId: Type.Optional(Uuid),
    kind: PlaceKindName,
    name: Name,
    archived: Archived,
  },
  closed,
);
export type NewPlace = Static<typeof NewPlace>;

/** What an amount was for. Its id is that of its account in the ledger. */
export const Category = Type.Object({
  id: Uuid,
  group: CategoryGroupName,
  name: Name,
  archived: Type.Boolean(),
  key: nullable(Type.String()),
});
export type Category = Static<typeof Category>;
export const NewCategory = Type.Object({ id: Uuid, group: CategoryGroupName, name: Name, archived: Archived }, closed);
export type NewCategory = Static<typeof NewCategory>;

export const Shop = Type.Object({
  accountId: Uuid,
  /** The last day that is closed; null while none is. */
  closedUntil: nullable(BusinessDate),
  /** The business date at this moment, in the shop's zone. */
  today: BusinessDate,
  stores: Type.Array(Store),
  places: Type.Array(Place),
  categories: Type.Array(Category),
});
export type Shop = Static<typeof Shop>;
