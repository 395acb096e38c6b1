import { Injectable, inject } from '@angular/core';
import { ActingAccount } from '#core/account';
import { Api, addressOf } from '#core/api';
import type { Minor } from '#core/money';
import type {
  Comprovante,
  Devolucao,
  Home,
  NewPayment,
  Payment,
  Quote,
  ReceiveCode,
  ReceivedPix,
  StatementPage,
  StatementQuery,
} from './contract';

/** What screens ask about a person's money, in their words. Each method rejects with what `toProblem` reads. */
@Injectable({ providedIn: 'root' })
export class Bff {
  private readonly api = inject(Api);
  private readonly account = inject(ActingAccount);

  home(): Promise<Home> {
    return this.api.get('/bff/v1/home');
  }
  statement(query: StatementQuery): Promise<StatementPage> {
    return this.api.get('/bff/v1/statement', { query });
  }
  /** Where the statement is as a file; the browser fetches it by itself. */
  statementFile(query: Omit<StatementQuery, 'cursor' | 'limit'>): string {
    return addressOf('/bff/v1/statement.csv', {}, { ...query, ...this.account.query });
  }
  /** A code to be paid with; each call gives one of its own. */
  receiveCode(query: { amountMinor?: Minor; description?: string }): Promise<ReceiveCode> {
    return this.api.get('/bff/v1/pix/receive-code', { query });
  }
  comprovante(id: string): Promise<Comprovante> {
    return this.api.get('/bff/v1/comprovantes/{id}', { params: { id } });
  }
  comprovantePdf(id: string): Promise<Blob> {
    return this.api.file('/bff/v1/comprovantes/{id}/pdf', { params: { id } });
  }
  /** Reads a BR Code or a bare Pix key; moves nothing. */
  decode(code: string): Promise<Quote> {
    return this.api.post('/bff/v1/pix/decode', { code }, { key: crypto.randomUUID() });
  }
  pay(body: NewPayment, key: string): Promise<Payment> {
    return this.api.post('/bff/v1/payments', body, { key });
  }
  payment(id: string): Promise<Payment> {
    return this.api.get('/bff/v1/payments/{id}', { params: { id } });
  }
  /** What was made under a key, if anything was: asks, and never pays. */
  paymentByKey(key: string): Promise<Payment> {
    return this.api.get('/bff/v1/payments/by-key/{key}', { params: { key } });
  }
  /** A Pix that came in, what of it has gone back, and what may. */
  received(id: string): Promise<ReceivedPix> {
    return this.api.get('/bff/v1/pix/received/{id}', { params: { id } });
  }
  giveBack(body: { receiptId: string; amountMinor: Minor }, key: string): Promise<Devolucao> {
    return this.api.post('/bff/v1/pix/returns', body, { key });
  }
  /** Sandbox only: asks for an incoming Pix to the person's own key. */
  receive(amountMinor: Minor, key: string): Promise<unknown> {
    return this.api.post('/bff/v1/sandbox/receive', { amountMinor }, { key });
  }
}
