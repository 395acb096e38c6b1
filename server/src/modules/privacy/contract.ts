import { type Static, Type } from 'typebox';
import { Approval, ApprovalReason, approvalOperations } from '#platform/approvals/contract.ts';
import { defineContract, type Face } from '#platform/face/contract.ts';
import { Proof } from '#platform/person-proof.ts';
import { Obstacle, personalDataOperations, Stay } from '#platform/privacy/keeper.ts';
import { nullable, Uuid } from '#platform/schemas.ts';
import { PURPOSES, type Purpose } from './domain/consents.ts';
import type { ErasureState } from './domain/erasure.ts';

export const FileFormat = Type.Enum(['json', 'pdf']);
export type FileFormat = Static<typeof FileFormat>;
export const PurposeName = Type.Unsafe<Purpose>(Type.Union(PURPOSES.map((purpose) => Type.Literal(purpose))));
const STATES = ['asked', 'waiting', 'erasing', 'done', 'refused', 'withdrawn'] as const satisfies readonly ErasureState[];
const Words = Type.Object({ pt: Type.String(), en: Type.String() });

/** A copy of all that is kept of a person. */
export const ExportView = Type.Object({
  id: Uuid,
  askedAt: Type.String(),
  /** Null while it is being made. */
  readyAt: nullable(Type.String()),
  expiresAt: nullable(Type.String()),
  jsonBytes: nullable(Type.Integer()),
  pdfBytes: nullable(Type.Integer()),
});
export type ExportView = Static<typeof ExportView>;

export const ErasureView = Type.Object({
  id: Uuid,
  subjectId: Uuid,
  state: Type.Enum([...STATES]),
  askedBy: Type.Object({ kind: Type.String(), id: Type.String() }),
  askedAt: Type.String(),
  /** When the next step is taken; null once it is over. */
  dueAt: nullable(Type.String()),
  endedAt: nullable(Type.String()),
  obstacles: Type.Array(Obstacle),
  stays: Type.Array(Stay),
  /** The first day on which nothing of it is kept any more, and when that came. */
  retainedUntil: nullable(Type.String()),
  retentionEndedAt: nullable(Type.String()),
});
export type ErasureView = Static<typeof ErasureView>;

export const ConsentView = Type.Object({
  purpose: PurposeName,
  version: Type.Integer(),
  title: Words,
  text: Words,
  given: Type.Boolean(),
  /** When it was said last, either way. */
  at: nullable(Type.String()),
});
export type ConsentView = Static<typeof ConsentView>;

/** What a person sees of their own data. */
export const PrivacyView = Type.Object({
  kept: Type.Array(Type.Object({ module: Type.String(), part: Type.String(), title: Words })),
  exports: Type.Array(ExportView),
  /** The last one that was asked for. */
  erasure: nullable(ErasureView),
  /** What is in the way of erasing everything now, and what would stay. */
  obstacles: Type.Array(Obstacle),
  stays: Type.Array(Stay),
  consents: Type.Array(ConsentView),
});
export type PrivacyView = Static<typeof PrivacyView>;

const Subject = { subjectId: Uuid };
const proved = { ...Subject, grantId: Type.String({ maxLength: 100 }), acr: Type.String({ maxLength: 20 }), proof: Proof };
/** A file, piece by piece: what a call between modules carries is small. */
const Piece = Type.Object({ base64: Type.String(), next: nullable(Type.Integer()), bytes: Type.Integer() });
const From = Type.Integer({ minimum: 0 });
export const AskedKind = Type.Enum(['privacy.erasure', 'privacy.disclosure']);
export type AskedKind = Static<typeof AskedKind>;

export const privacyContract = defineContract('privacy', {
  getPrivacy: { input: Type.Object(Subject), output: PrivacyView },
  /** One copy at a time: asked again while it is made, it is the same. @throws PRIVACY_TOO_MANY_EXPORTS, and what refuses the proof */
  askExport: { input: Type.Object(proved), output: ExportView },
  /** Lets this log-in read a copy, for some minutes. @throws PRIVACY_EXPORT_UNKNOWN, PRIVACY_EXPORT_NOT_READY, and what refuses the proof */
  openExport: { input: Type.Object({ ...proved, exportId: Uuid, format: FileFormat }), output: Type.Object({ bytes: Type.Integer() }) },
  /** @throws PRIVACY_EXPORT_UNKNOWN */
  readExport: { input: Type.Object({ ...Subject, exportId: Uuid, format: FileFormat, from: From }), output: Piece },
  /** One at a time: asked again, it is the same. @throws PRIVACY_NOT_YET, PRIVACY_KEEPER_AWAY, and what refuses the proof */
  askErasure: { input: Type.Object(proved), output: ErasureView },
  /** Repeating it changes nothing. @throws PRIVACY_ERASURE_UNKNOWN, PRIVACY_TOO_LATE */
  withdrawErasure: { input: Type.Object(Subject), output: ErasureView },
  /** @throws PRIVACY_CONSENT_UNKNOWN when these are not the words of today */
  setConsent: {
    input: Type.Object({
      ...Subject,
      purpose: PurposeName,
      version: Type.Integer(),
      given: Type.Boolean(),
      from: Type.String({ maxLength: 60 }),
    }),
    output: ConsentView,
  },
  /** For operators: what was asked, newest first; of whom, by id or by the CPF of somebody whose data are kept by law. */
  listErasures: {
    input: Type.Object({ subjectId: Type.Optional(Uuid), cpf: Type.Optional(Type.String({ maxLength: 40 })) }),
    output: Type.Object({ erasures: Type.Array(ErasureView) }),
  },
  /** Asks a second operator. Needs `ctx.idempotencyKey`. @throws PLATFORM_APPROVAL_PENDING, PRIVACY_NOT_YET, PRIVACY_NOTHING_RETAINED */
  askApproval: { input: Type.Object({ kind: AskedKind, ...Subject, reason: ApprovalReason }), output: Approval },
  ...approvalOperations,
  /** Copies of what is kept by law, that two operators decided to read. */
  listDisclosures: {
    input: Type.Object({}),
    output: Type.Object({ disclosures: Type.Array(Type.Object({ ...ExportView.properties, ...Subject })) }),
  },
  /** @throws PRIVACY_EXPORT_UNKNOWN, PRIVACY_EXPORT_NOT_READY */
  readDisclosure: { input: Type.Object({ exportId: Uuid, format: FileFormat, from: From }), output: Piece },
  ...personalDataOperations,
});
export type PrivacyContract = typeof privacyContract;
export type Privacy = Face<PrivacyContract>;
