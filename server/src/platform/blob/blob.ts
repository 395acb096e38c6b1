import type { Readable } from 'node:stream';

/** Names a file of a module: `kyc/0198…/selfie`. A key tells nothing about a person; ids do not, names and documents do. */
export type BlobAddress = { tenantId: string; key: string };

/** One version of a file. Sizes and hash are those of the plain content. */
export type BlobVersion = {
  /** UUIDv7. */
  version: string;
  sizeBytes: number;
  /** Hexadecimal, lower case. */
  sha256: string;
  contentType: string;
  createdAtMs: number;
  /** From this moment on the version is not there any more; null when it stays. */
  expiresAtMs: number | null;
};

export type PutOptions = {
  contentType: string;
  /** The person whose data key seals the content, so that erasure destroys it; the tenant's own key when absent. */
  subjectId?: string;
  /** Hexadecimal SHA-256 the content must have. */
  sha256?: string;
  /** Most bytes that are taken; 25 MiB when absent. */
  maxBytes?: number;
  /** How long the version is kept; for ever when absent. */
  keepMs?: number;
};

/** Bytes from `from` up to, and without, `to`; to the end when `to` is absent. */
export type ByteRange = { from: number; to?: number };

/**
 * Files of one module, versioned, encrypted at rest. What the drivers in this folder guarantee: a put is visible when it has answered, whole and
 * durable, or not at all. Never call inside a transaction: a key of the vault may have to be read.
 */
export type Blobs = {
  /**
   * Stores a new version. The body is streamed and never held as a whole; when it throws, nothing is stored.
   * @throws PLATFORM_BLOB_KEY, PLATFORM_BLOB_TOO_LARGE, PLATFORM_BLOB_CHECKSUM
   */
  put(at: BlobAddress, body: AsyncIterable<Uint8Array>, options: PutOptions): Promise<BlobVersion>;
  /**
   * The newest version, or the one named; undefined when there is none, when it has expired, or when the key it was sealed under was destroyed.
   * The stream fails when the bytes were altered. @throws PLATFORM_BLOB_KEY, PLATFORM_BLOB_RANGE
   */
  get(at: BlobAddress, options?: { version?: string; range?: ByteRange }): Promise<{ version: BlobVersion; body: Readable } | undefined>;
  stat(at: BlobAddress, version?: string): Promise<BlobVersion | undefined>;
  /** Versions, the one stored last first. */
  list(at: BlobAddress): Promise<BlobVersion[]>;
  /** Deletes one version; false when there is none. */
  remove(at: BlobAddress, version: string): Promise<boolean>;
};
