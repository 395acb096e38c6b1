import type { Condition } from './model.ts';

/** Conditions as they are kept and hashed: JSON, keys in ascending order, amounts as texts of digits, nothing that is absent. */
export function writeConditions(conditions: readonly Condition[] | null): string | null {
  if (conditions === null) return null;
  return JSON.stringify(
    conditions.map(({ accountId, balance, atLeast, atMost }) => ({
      accountId,
      ...(atLeast === null ? {} : { atLeastMinor: atLeast.toString() }),
      ...(atMost === null ? {} : { atMostMinor: atMost.toString() }),
      balance,
    })),
  );
}

/** A condition as it is kept, and as it is shown. */
export type WrittenCondition = { accountId: string; atLeastMinor?: string; atMostMinor?: string; balance: Condition['balance'] };

export function readConditions(written: readonly WrittenCondition[] | null | undefined): readonly Condition[] | null {
  if (!written) return null;
  return written.map(({ accountId, balance, atLeastMinor, atMostMinor }) => ({
    accountId,
    balance,
    atLeast: atLeastMinor === undefined ? null : BigInt(atLeastMinor),
    atMost: atMostMinor === undefined ? null : BigInt(atMostMinor),
  }));
}

/** Kept conditions in the order of keys that `writeConditions` gives them, absent ones as null. */
export function showConditions(conditions: readonly Condition[] | null): WrittenCondition[] | null {
  const text = writeConditions(conditions);
  return text === null ? null : (JSON.parse(text) as WrittenCondition[]);
}
