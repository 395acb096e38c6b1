import { type Static, Type } from 'typebox';
import { checkOf } from '#platform/check.ts';

/** What Efí says, checked before it is believed. Fields we do not use are let through. */
const Amount = Type.String({ pattern: '^[0-9]{1,10}\\.[0-9]{2}$' });
const Instant = Type.String({ minLength: 10, maxLength: 40 });
const Id = Type.String({ pattern: '^[0-9A-Za-z]{1,35}$' });
const Times = Type.Object({ solicitacao: Type.Optional(Instant), liquidacao: Type.Optional(Instant) });
const Optional = <T extends Parameters<typeof Type.Optional>[0]>(type: T) => Type.Optional(type);

const ComeBack = Type.Object({ rtrId: Id, valor: Amount, horario: Times, status: Type.String() });
export const Sent = Type.Object({
  endToEndId: Id,
  idEnvio: Optional(Id),
  valor: Amount,
  status: Type.String(),
  horario: Times,
  devolucoes: Optional(Type.Array(ComeBack)),
});
export const Received = Type.Object({
  endToEndId: Id,
  valor: Amount,
  chave: Optional(Type.String({ maxLength: 77 })),
  txid: Optional(Type.String({ maxLength: 35 })),
  horario: Instant,
  gnExtras: Optional(
    Type.Object({
      pagador: Optional(
        Type.Object({
          nome: Optional(Type.String({ maxLength: 140 })),
          cpf: Optional(Type.String({ maxLength: 14 })),
          cnpj: Optional(Type.String({ maxLength: 18 })),
        }),
      ),
    }),
  ),
  devolucoes: Optional(Type.Array(Type.Object({ id: Id, valor: Amount, horario: Times, status: Type.String() }))),
});
/** A page of a list: some say how many pages there are, some are the bare list. */
const Page = <T extends Parameters<typeof Type.Array>[0]>(item: T) =>
  Type.Object({
    parametros: Type.Object({
      paginacao: Type.Object({ quantidadeDePaginas: Type.Integer(), quantidadeTotalDeItens: Type.Integer() }),
    }),
    pix: Type.Array(item, { maxItems: 5_000 }),
  });
const Token = Type.Object({ access_token: Type.String({ minLength: 1, maxLength: 8_000 }), expires_in: Type.Number() });

export type Sent = Static<typeof Sent>;
export type Received = Static<typeof Received>;

const sentPage = checkOf(Page(Sent));
const receivedPage = checkOf(Page(Received));
const received = checkOf(Received);
const token = checkOf(Token);

type PageOf<T> = { items: T[]; pages: number; total: number };
const readPage = <T>(check: { Check(value: unknown): boolean }, value: unknown): PageOf<T> | null => {
  if (!check.Check(value)) return null;
  const { parametros, pix } = value as { parametros: { paginacao: Record<string, number> }; pix: T[] };
  const { quantidadeDePaginas: pages = 0, quantidadeTotalDeItens: total = 0 } = parametros.paginacao;
  return { items: pix, pages, total };
};

/** The message, or null when it is not what it should be: then nobody acts on it. */
export const readSentPage = (value: unknown): PageOf<Sent> | null => readPage(sentPage, value);
export const readReceivedPage = (value: unknown): PageOf<Received> | null => readPage(receivedPage, value);
export const readReceived = (value: unknown): Received | null => (received.Check(value) ? (value as Received) : null);
export const readToken = (value: unknown): Static<typeof Token> | null => (token.Check(value) ? (value as Static<typeof Token>) : null);
