import type { Words } from '../oddities.ts';
import type { Payment } from '../payment.ts';
import { maskTaxId } from '../people.ts';
import type { Receipt } from '../records.ts';
import type { Return } from '../returns.ts';
import type { SandboxApp, Services } from '../sandbox-app.ts';

export type EfiRoutes = (app: SandboxApp, services: Services, options: EfiOptions) => void;
export interface EfiOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** As Efí's own sandbox: the amount decides what becomes of a payment. */
  readonly byAmount?: boolean;
  /** What the proxy in front of the platform adds to a call that shows Efí's certificate. The sandbox plays that proxy, too. */
  readonly certificateHeaders?: Readonly<Record<string, string>>;
}

/** Efí as a participant, and the one account there that all payments leave. */
export const EFI_ISPB = '09089356';
export const EFI_ACCOUNT = { ispb: EFI_ISPB, branch: '1', account: '123453', taxId: '11222333000181', name: 'Conta Efí (sandbox)' };

export const sentWords: Words = { own: 'idEnvio', amount: 'valor', reason: 'motivo' };
export const receivedWords: Words = { own: 'endToEndId', amount: 'valor', reason: 'motivo' };
export const returnWords: Words = { own: 'id', amount: 'valor', reason: 'motivo' };

const STATUS = { accepted: 'EM_PROCESSAMENTO', settled: 'REALIZADO', rejected: 'NAO_REALIZADO' } as const;
const iso = (ms: number): string => new Date(ms).toISOString();

/** The answer to an order. */
export function submitted({ order, acceptedAtMs, status }: Payment, isFinal: boolean) {
  return {
    idEnvio: order.ownId,
    e2eId: order.endToEndId,
    valor: order.amount,
    horario: { solicitacao: iso(acceptedAtMs) },
    status: isFinal ? STATUS[status] : STATUS.accepted,
  };
}

/** A Pix sent, as a query and the list tell it; with what of it has come back. */
export function sent({ order, acceptedAtMs, finishedAtMs, status }: Payment, back: readonly Receipt[]) {
  const { key, name, taxId, branch, account } = order.payee;
  return {
    endToEndId: order.endToEndId,
    idEnvio: order.ownId,
    valor: order.amount,
    chave: EFI_ACCOUNT.account,
    status: STATUS[status],
    infoPagador: order.remittance,
    horario: { solicitacao: iso(acceptedAtMs), liquidacao: status === 'settled' && finishedAtMs !== null ? iso(finishedAtMs) : undefined },
    favorecido:
      key === undefined
        ? { contaBanco: { nome: name, cpf: taxId && maskTaxId(taxId), agencia: branch, conta: account, tipoConta: 'cacc' } }
        : { chave: key },
    devolucoes: back.length === 0 ? undefined : back.map(comeBack),
  };
}

const comeBack = ({ endToEndId, amount, atMs }: Receipt) => ({
  rtrId: endToEndId,
  valor: amount,
  horario: { solicitacao: iso(atMs), liquidacao: iso(atMs) },
  status: 'DEVOLVIDO',
});

/** A Pix received. Who paid is only sometimes told. */
export function received({ endToEndId, amount, payeeKey, payer, txid, atMs }: Receipt, returns: readonly Return[]) {
  const { name: nome, taxId, ispb: codigoBanco } = payer;
  return {
    endToEndId,
    txid,
    valor: amount,
    chave: payeeKey,
    horario: iso(atMs),
    gnExtras: { pagador: { nome, [taxId.length === 11 ? 'cpf' : 'cnpj']: taxId, codigoBanco } },
    devolucoes: returns.length === 0 ? undefined : returns.map((one) => givenBack(one, true)),
  };
}

export function givenBack({ order, atMs }: Return, isFinal: boolean) {
  return {
    id: order.returnId,
    rtrId: order.rtrId,
    valor: order.amount,
    horario: { solicitacao: iso(atMs), liquidacao: isFinal ? iso(atMs) : undefined },
    status: isFinal ? 'DEVOLVIDO' : 'EM_PROCESSAMENTO',
  };
}
