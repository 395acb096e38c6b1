import { HttpClient, HttpParams } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { Minor } from '#core/money';
import type { Comprovante, Home, NewPayment, Payment, Quote, ReceiveCode, StatementPage, StatementQuery } from './contract';

const keyed = (key: string) => ({ headers: { 'Idempotency-Key': key } });

function paramsOf(q: object): HttpParams {
  const known = Object.entries(q).filter(([, v]) => v != null && v !== '') as [string, string | number][];
  return new HttpParams({ fromObject: Object.fromEntries(known) });
}

/** The one place that knows addresses: the front end talks to the BFF only. Each method rejects with what `toProblem` reads. */
@Injectable({ providedIn: 'root' })
export class Bff {
  private readonly http = inject(HttpClient);

  home(): Promise<Home> {
    return firstValueFrom(this.http.get<Home>('/bff/v1/home'));
  }
  statement(q: StatementQuery): Promise<StatementPage> {
    return firstValueFrom(this.http.get<StatementPage>('/bff/v1/statement', { params: paramsOf(q) }));
  }
  /** Where the statement is as a file; the browser fetches it by itself. */
  statementFile(q: Omit<StatementQuery, 'cursor' | 'limit'>): string {
    return `/bff/v1/statement.csv?${paramsOf(q)}`;
  }
  /** A code to be paid with; each call gives one of its own. */
  receiveCode(q: { amountMinor?: Minor; description?: string }): Promise<ReceiveCode> {
    return firstValueFrom(this.http.get<ReceiveCode>('/bff/v1/pix/receive-code', { params: paramsOf(q) }));
  }
  comprovante(id: string): Promise<Comprovante> {
    return firstValueFrom(this.http.get<Comprovante>(`/bff/v1/comprovantes/${encodeURIComponent(id)}`));
  }
  comprovantePdf(id: string): Promise<Blob> {
    return firstValueFrom(this.http.get(`/bff/v1/comprovantes/${encodeURIComponent(id)}/pdf`, { responseType: 'blob' }));
  }
  /** Reads a BR Code or a bare Pix key; moves nothing. */
  decode(code: string): Promise<Quote> {
    return firstValueFrom(this.http.post<Quote>('/bff/v1/pix/decode', { code }, keyed(crypto.randomUUID())));
  }
  pay(body: NewPayment, key: string): Promise<Payment> {
    return firstValueFrom(this.http.post<Payment>('/bff/v1/payments', body, keyed(key)));
  }
  payment(id: string): Promise<Payment> {
    return firstValueFrom(this.http.get<Payment>(`/bff/v1/payments/${encodeURIComponent(id)}`));
  }
  /** What was made under a key, if anything was: asks, and never pays. */
  paymentByKey(key: string): Promise<Payment> {
    return firstValueFrom(this.http.get<Payment>(`/bff/v1/payments/by-key/${encodeURIComponent(key)}`));
  }
  /** Sandbox only: asks for an incoming Pix to the person's own key. */
  receive(amountMinor: Minor, key: string): Promise<unknown> {
    return firstValueFrom(this.http.post('/bff/v1/sandbox/receive', { amountMinor }, keyed(key)));
  }
  login(uid: string, body: { login: string; password: string }): Promise<{ redirectTo: string }> {
    return firstValueFrom(this.http.post<{ redirectTo: string }>(`/entrar/${encodeURIComponent(uid)}/login`, body));
  }
  signUp(uid: string, body: { name: string; cpf: string; email: string; password: string }, key: string): Promise<{ redirectTo: string }> {
    return firstValueFrom(this.http.post<{ redirectTo: string }>(`/entrar/${encodeURIComponent(uid)}/sign-up`, body, keyed(key)));
  }
}
