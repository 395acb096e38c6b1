import { type Static, Type } from 'typebox';
import { Minor, Uuid } from '#platform/schemas.ts';

/** Texts of movements stay in the module: events carry ids, amounts, dates and the numbers of boletos. */

/** A file's movements are held, and on their way to the books. Key: fileId. */
export const FILE_IMPORTED = 'banks.file-imported.v1';
export const FileImported = Type.Object({ fileId: Uuid, accountId: Uuid, placeId: Uuid, fresh: Type.Integer(), known: Type.Integer() });
export type FileImported = Static<typeof FileImported>;

/** A file was taken back, with the entries of its movements. Key: fileId. */
export const FILE_UNDONE = 'banks.file-undone.v1';
export const FileUndone = Type.Object({ fileId: Uuid, accountId: Uuid, placeId: Uuid });
export type FileUndone = Static<typeof FileUndone>;

/** A return says that a boleto was paid. `isAgain`: it was paid before, and this money is owed to the customer. Key: movementId. */
export const BOLETO_PAID = 'banks.boleto-paid.v1';
export const BoletoPaid = Type.Object({
  movementId: Uuid,
  accountId: Uuid,
  placeId: Uuid,
  ourNumber: Type.String(),
  titleNumber: Type.String(),
  paidMinor: Minor,
  date: Type.String(),
  isAgain: Type.Boolean(),
});
export type BoletoPaid = Static<typeof BoletoPaid>;

/** A place agrees with its bank up to and with this day. Key: placeId. */
export const PLACE_LOCKED = 'banks.place-locked.v1';
export const PlaceLocked = Type.Object({ accountId: Uuid, placeId: Uuid, until: Type.String() });
export type PlaceLocked = Static<typeof PlaceLocked>;

/** Everything this module publishes, by type. */
export const events = {
  [FILE_IMPORTED]: FileImported,
  [FILE_UNDONE]: FileUndone,
  [BOLETO_PAID]: BoletoPaid,
  [PLACE_LOCKED]: PlaceLocked,
} as const;
