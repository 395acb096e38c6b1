import { type Static, Type } from 'typebox';
import { approvalEvents } from '#platform/approvals/contract.ts';
import { UUID_PATTERN } from '#platform/id.ts';

const Uuid = Type.String({ pattern: UUID_PATTERN });
const OfExport = { exportId: Uuid, retained: Type.Boolean() };
const OfErasure = { erasureId: Uuid };

/** Somebody asked for a copy of all that is kept of a person. Key: the person's id. */
export const EXPORT_ASKED = 'privacy.export-asked.v1';
export const ExportAsked = Type.Object(OfExport);
export type ExportAsked = Static<typeof ExportAsked>;
/** The copy can be read for seven days. */
export const EXPORT_READY = 'privacy.export-ready.v1';
export const ExportReady = Type.Object({ ...OfExport, expiresAt: Type.String() });
export type ExportReady = Static<typeof ExportReady>;
/** The actor read it, from its first byte. */
export const EXPORT_READ = 'privacy.export-read.v1';
export const ExportRead = Type.Object({ ...OfExport, format: Type.Enum(['json', 'pdf']) });
export type ExportRead = Static<typeof ExportRead>;
/** A person is to be erased; until it begins it may be taken back. Key: the person's id. */
export const ERASURE_ASKED = 'privacy.erasure-asked.v1';
export const ErasureAsked = Type.Object(OfErasure);
export type ErasureAsked = Static<typeof ErasureAsked>;
/** It is over: done, with what law makes stay until `retainedUntil` (null: nothing stays), or not done, for these reasons. */
export const ERASURE_ENDED = 'privacy.erasure-ended.v1';
export const ErasureEnded = Type.Object({
  ...OfErasure,
  outcome: Type.Enum(['done', 'refused', 'withdrawn']),
  obstacles: Type.Array(Type.String()),
  stays: Type.Array(Type.String()),
  retainedUntil: Type.Union([Type.String(), Type.Null()]),
});
export type ErasureEnded = Static<typeof ErasureEnded>;
/** The term of what stayed is over, and so is what stayed. */
export const RETENTION_ENDED = 'privacy.retention-ended.v1';
export const RetentionEnded = Type.Object(OfErasure);
export type RetentionEnded = Static<typeof RetentionEnded>;
/** A person consented to these words, or took it back. Key: the person's id. */
export const CONSENT_SAID = 'privacy.consent-said.v1';
export const ConsentSaid = Type.Object({ purpose: Type.String(), version: Type.Integer(), given: Type.Boolean() });
export type ConsentSaid = Static<typeof ConsentSaid>;

/** Everything this module publishes, by type. */
export const events = {
  [EXPORT_ASKED]: ExportAsked,
  [EXPORT_READY]: ExportReady,
  [EXPORT_READ]: ExportRead,
  [ERASURE_ASKED]: ErasureAsked,
  [ERASURE_ENDED]: ErasureEnded,
  [RETENTION_ENDED]: RetentionEnded,
  [CONSENT_SAID]: ConsentSaid,
  ...approvalEvents('privacy'),
} as const;
