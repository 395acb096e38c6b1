/** Where a file lies. The store has checked all three: `key` is one or more parts of [a-z0-9._-], none beginning with a dot. */
export type Place = { module: string; tenantId: string; key: string };

/** What a driver keeps beside the bytes. All that tells something of the content is in `sealed`. */
export type Head = {
  version: string;
  storedBytes: number;
  createdAtMs: number;
  expiresAtMs: number | null;
  /** Whose key opens `sealed`. */
  subjectId: string;
  sealed: Buffer;
};

/** Where bytes are kept. A driver never sees plain content. All of them pass `contract-test.ts`. */
export type BlobDriver = {
  /**
   * Stores bytes under a version not used before, then the head that `finish` answers, which makes them visible: at once, durably. When the body or
   * `finish` throws, or the process dies, nothing is visible.
   */
  put(place: Place, version: string, body: AsyncIterable<Buffer>, finish: () => Promise<Head>): Promise<void>;
  /** Heads of all versions of a key, in any order. */
  heads(place: Place): Promise<Head[]>;
  head(place: Place, version: string): Promise<Head | undefined>;
  /** Stored bytes from `from` up to, and without, `to`; both lie within the version. Throws when they are not there any more. */
  read(place: Place, version: string, from: number, to: number): AsyncIterable<Buffer>;
  remove(place: Place, version: string): Promise<boolean>;
  /** Removes versions that expired before one moment, and what a put begun before the other left behind. Answers how many of both. */
  sweep(expiredBeforeMs: number, begunBeforeMs: number): Promise<number>;
};
