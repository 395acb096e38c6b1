import { type TSchema, Type } from 'typebox';
import { UUID_PATTERN } from './id.ts';
import { MINOR_PATTERN, SIGNED_MINOR_PATTERN } from './money.ts';

/** The vocabulary of contracts and routes: what several modules say in the same way is said here. */
export const Uuid = Type.String({ pattern: UUID_PATTERN });
export const Minor = Type.String({ pattern: MINOR_PATTERN, description: 'Minor units' });
export const SignedMinor = Type.String({ pattern: SIGNED_MINOR_PATTERN, description: 'Minor units, may be negative' });

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/*
 * These patterns say the shape; that there is such a date, and in which years, is said by `dates.ts`, with the code of the module that was
 * asked. What is published for clients carries the whole rule (`http/published-patterns.ts`).
 */
export const DATE_SHAPE = '^\\d{4}-\\d\\d-\\d\\d$';
const clock = (digits: number) => `\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,${digits}})?(Z|[+-]\\d\\d:\\d\\d)`;
export const INSTANT_SHAPE = `^\\d{4}-\\d\\d-\\d\\dT${clock(3)}$`;
export const FINE_INSTANT_SHAPE = `^\\d{4}-\\d\\d-\\d\\dT${clock(6)}$`;
export const EDGE_SHAPE = `^\\d{4}-\\d\\d-\\d\\d(T${clock(6)})?$`;

export const BusinessDate = Type.String({ pattern: DATE_SHAPE, description: 'AAAA-MM-DD, anos de 1900 a 2199' });
/** To the millisecond, as the platform keeps it. */
export const Instant = Type.String({ pattern: INSTANT_SHAPE, description: 'ISO 8601 with Z or an offset, to the millisecond' });
/** As some clients write it; what is finer than a millisecond counts only where something is compared with it. */
export const FineInstant = Type.String({ pattern: FINE_INSTANT_SHAPE, description: 'ISO 8601 com Z ou offset, até microssegundos' });
/** An edge of a period: `readEdge` says what is in. */
export const PeriodEdge = Type.String({
  pattern: EDGE_SHAPE,
  description: 'Data (AAAA-MM-DD, em São Paulo) ou instante ISO 8601. Uma data em `to` está no período; um instante em `to` não está.',
});

/** A page's length in a query, where all values are texts. */
export const pageLimit = (most: 100 | 200, description: string) =>
  Type.String({
    pattern: most === 200 ? '^([1-9]|[1-9]\\d|1\\d\\d|200)$' : '^([1-9]|[1-9]\\d|100)$',
    description,
    'x-words': { pt: `precisa ser um número inteiro de 1 a ${most}`, en: `must be a whole number from 1 to ${most}` },
  });
