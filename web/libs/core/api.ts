import { HttpClient, HttpErrorResponse, HttpParams } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import type { paths } from './generated/screens';

type Verb = 'get' | 'post' | 'put' | 'delete';
/** Addresses that one may ask, send something to, change, or take away. */
export type PathFor<M extends Verb> = { [P in keyof paths]: paths[P] extends Record<M, object> ? P : never }[keyof paths] & string;

type Json<R> = R extends { content: { 'application/json': infer A } } ? A : never;
type Good<R> = R extends { 200: infer A } ? Json<A> : R extends { 201: infer A } ? Json<A> : R extends { 202: infer A } ? Json<A> : never;
type Of<P extends keyof paths, M extends Verb> = paths[P][M];

/** What the BFF answers, as its routes say; generated from them by `npm run reference`. */
export type Answer<P extends PathFor<M>, M extends Verb = 'get'> = Of<P, M> extends { responses: infer R } ? Good<R> : never;
export type Query<P extends PathFor<'get'>> = Of<P, 'get'> extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;
export type Body<P extends PathFor<M>, M extends 'post' | 'put' = 'post'> =
  Of<P, M> extends { requestBody: { content: { 'application/json': infer B } } } ? B : Record<string, never>;

type Params = Readonly<Record<string, string>>;

/** The address with what stands in braces filled in. */
export function addressOf(path: string, params: Params = {}, query: object = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const known = Object.entries(query).filter(([, value]) => value != null && value !== '') as [string, string | number][];
  const text = new HttpParams({ fromObject: Object.fromEntries(known) }).toString();
  return text ? `${filled}?${text}` : filled;
}

/** The BFF, typed by its routes: the front end talks to nothing else. Each call rejects with what `toProblem` reads. */
@Injectable({ providedIn: 'root' })
export class Api {
  private readonly http = inject(HttpClient);

  get<P extends PathFor<'get'>>(path: P, asked: { params?: Params; query?: Query<P> } = {}): Promise<Answer<P>> {
    return firstValueFrom(this.http.get<Answer<P>>(addressOf(path, asked.params, asked.query)));
  }
  file(path: PathFor<'get'>, asked: { params?: Params } = {}): Promise<Blob> {
    return firstValueFrom(this.http.get(addressOf(path, asked.params), { responseType: 'blob' }));
  }
  /** A file for which something has to be said first. What refuses it is read as of any other call. */
  async fileFor<P extends PathFor<'post'>>(path: P, body: Body<P>, params: Params = {}): Promise<Blob> {
    try {
      return await firstValueFrom(this.http.post(addressOf(path, params), body, { responseType: 'blob' }));
    } catch (cause) {
      if (!(cause instanceof HttpErrorResponse) || !(cause.error instanceof Blob)) throw cause;
      const error: unknown = await cause.error
        .text()
        .then(JSON.parse)
        .catch(() => null);
      const { headers, status, statusText, url } = cause;
      throw new HttpErrorResponse({ error, headers, status, statusText, ...(url ? { url } : {}) });
    }
  }
  /** `key` is the Idempotency-Key: the same for each try of one wish. */
  post<P extends PathFor<'post'>>(path: P, body: Body<P>, sent: { params?: Params; key?: string } = {}): Promise<Answer<P, 'post'>> {
    const headers = sent.key ? { 'Idempotency-Key': sent.key } : undefined;
    return firstValueFrom(this.http.post<Answer<P, 'post'>>(addressOf(path, sent.params), body, headers ? { headers } : {}));
  }
  /** Repeated, it leaves things as they are. */
  put<P extends PathFor<'put'>>(path: P, body: Body<P, 'put'>, params: Params = {}): Promise<Answer<P, 'put'>> {
    return firstValueFrom(this.http.put<Answer<P, 'put'>>(addressOf(path, params), body));
  }
  /** Repeated, it leaves things as they are. */
  delete<P extends PathFor<'delete'>>(path: P, params: Params = {}): Promise<Answer<P, 'delete'>> {
    return firstValueFrom(this.http.delete<Answer<P, 'delete'>>(addressOf(path, params)));
  }
}
