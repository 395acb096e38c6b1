import type { Day } from '../domain/daily-balance.ts';
import type { DayRange } from '../views/ranges.ts';

export type { DayRange };

/** A day as a store of documents keeps it. */
export type StoredDocument = Day & {
  accountId: string;
  /** Of two writes of the same day the one with the greater version stays, in whatever order they come. */
  version: bigint;
  updatedAt: Date;
};

export type DayKey = Pick<StoredDocument, 'accountId' | 'date' | 'version'>;

/** How far a store has been filled from the table. Only a filled one is read. */
export type Filling = 'empty' | 'filling' | 'filled';

/**
 * A store of documents from which days are read: DynamoDB, or a table of JSON in Postgres. It holds what `cashflow.daily_balances` holds, is filled
 * by the same projection, and can be thrown away and filled again. Whatever is a driver passes `contract-test.ts`. Each call ends in time and throws
 * when the store does not answer.
 */
export interface ReadStore {
  /** For people. */
  readonly name: string;
  /** Writes days of a tenant, at most `MOST_WRITTEN`; one that is there in a newer version stays. */
  put(tenantId: string, days: readonly StoredDocument[]): Promise<void>;
  /** Takes days off; one that is there in a newer version stays. */
  remove(tenantId: string, days: readonly DayKey[]): Promise<void>;
  /** For each range its days with movement and the last one before it, oldest first. */
  read(tenantId: string, ranges: readonly DayRange[]): Promise<StoredDocument[][]>;
  filling(): Promise<Filling>;
  setFilling(state: Filling): Promise<void>;
  close(): Promise<void>;
}

export const MOST_WRITTEN = 500;
