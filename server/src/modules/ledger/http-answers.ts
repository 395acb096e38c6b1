import { type TProperties, Type } from 'typebox';
import { AppError } from '#platform/errors.ts';
import type { Language } from '#platform/http/language.ts';
import { publicId } from '#platform/id.ts';
import { AccountBalance, CommandResult, DirectiveView, HoldView, TransferView } from './contract.ts';
import { type LedgerCode, refuseLedger } from './errors.ts';

const named = <P extends TProperties>(prefix: string, properties: P) =>
  Type.Object({
    publicId: Type.String({ description: `The same id in its readable form, ${prefix}_…: accepted wherever an id is` }),
    ...properties,
  });

const { detailEn: _english, ...resultFields } = CommandResult.properties;
export const ResultAnswer = named('trf', resultFields);
export const AccountAnswer = named('acc', AccountBalance.properties);
export const TransferAnswer = named('trf', TransferView.properties);
export const HoldAnswer = named('trf', HoldView.properties);
export const DirectiveAnswer = named('trf', DirectiveView.properties);

export const showAccount = (account: AccountBalance) => ({ publicId: publicId('acc', account.accountId), ...account });
export const showRecord = <T extends { id: string }>(record: T) => ({ publicId: publicId('trf', record.id), ...record });

/** A command's result in one language. */
export function showResult({ detailEn, ...result }: CommandResult, language: Language) {
  return showRecord(language === 'en' && detailEn !== undefined ? { ...result, detail: detailEn } : result);
}

const DIFFERS = { pt: 'difere do primeiro envio', en: 'differs from when it was first sent' };

/** A refused command as a problem, when it was the whole request. */
export function refusalOf({ code, detail = '', detailEn = detail, field, duplicate }: CommandResult): AppError {
  const known = code as LedgerCode;
  const errors = field ? [{ pointer: `/body/${field}`, detail: DIFFERS }] : undefined;
  const more = { ...(errors ? { errors } : {}), ...(duplicate ? { duplicate } : {}) };
  return new AppError({ code: known, ...refuseLedger.specs[known], detail: { pt: detail, en: detailEn }, ...more });
}
