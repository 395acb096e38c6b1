import { Type } from 'typebox';
import { BusinessDate, nullable, Uuid } from '#platform/schemas.ts';
import { Content, FileName, NewMatch, Options } from './contract.ts';

/** What callers of this module say, over the API and from its screens alike. */

const closed = { additionalProperties: false } as const;
const SMALL_FILE = Buffer.from('Data;Histórico;Valor\n13/03/2026;Pix;-5,00\n').toString('base64');

export const FileBody = Type.Object(
  { placeId: Uuid, name: FileName, options: Type.Optional(Options), content: Content },
  { ...closed, examples: [{ placeId: '0198c0de-0000-7000-8000-000000000003', name: 'extrato.csv', content: SMALL_FILE }] },
);
/** Of a file that comes as it is, in a stream. */
export const ContentQuery = Type.Object(
  {
    fileId: Type.Optional(Type.Unsafe<string>({ ...Uuid, description: 'Obrigatório. Quem envia dá o id: repetir é o mesmo arquivo' })),
    placeId: Type.Optional(Type.Unsafe<string>({ ...Uuid, description: 'Obrigatório. A conta da loja de que é o extrato' })),
    name: Type.Optional(FileName),
    account: Type.Optional(Uuid),
  },
  closed,
);
export const OptionsBody = Type.Object(Options.properties, {
  ...closed,
  minProperties: 1,
  examples: [{ mapping: { date: 'Data', amount: 'Valor', text: ['Histórico'] }, dateOrder: 'day-first' }],
});
export const ConfirmBody = Type.Object(
  { fresh: Type.Integer({ minimum: 0, maximum: 2_000_000, description: 'Quantos novos a prévia mostrou' }) },
  { ...closed, examples: [{ fresh: 12 }] },
);
export const MatchBody = Type.Object(NewMatch.properties, {
  ...closed,
  examples: [
    {
      movementIds: ['0198c0de-0000-7000-8000-000000000001'],
      entryIds: ['0198c0de-0000-7000-8000-000000000002'],
      adjustments: [{ category: 'card-fees', amountMinor: '-120' }],
    },
  ],
});
export const DecideBody = Type.Object(
  {
    as: Type.Union([Type.Literal('recorded'), Type.Literal('passed')], {
      description: 'recorded: vira lançamento; passed: não diz respeito aos livros',
    }),
  },
  { ...closed, examples: [{ as: 'recorded' }] },
);
export const PairBody = Type.Object({ isTransfer: Type.Boolean() }, { ...closed, examples: [{ isTransfer: true }] });
export const LockBody = Type.Object(
  { until: nullable(BusinessDate), despite: Type.Optional(Type.Boolean({ description: 'Trava mesmo com movimentos por conciliar' })) },
  { ...closed, examples: [{ until: '2026-03-31' }] },
);
export const Locked = Type.Object({ lockedUntil: nullable(BusinessDate) });
