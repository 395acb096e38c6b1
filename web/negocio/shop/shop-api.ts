import { Injectable, inject } from '@angular/core';
import { Api, type Body } from '#core/api';
import type { Closing, Entry, EntryHistory, EntryPage, EntryQuery, NewEntry, RecordResult, Shop, Sorted, Today } from './contract';

/** What the shop's screens ask, in their words. Each method rejects with what `toProblem` reads. */
@Injectable({ providedIn: 'root' })
export class ShopApi {
  private readonly api = inject(Api);

  /** Stores, places, categories, and the business date. */
  shop(): Promise<Shop> {
    return this.api.get('/bff/v1/books/shop');
  }
  today(): Promise<Today> {
    return this.api.get('/bff/v1/books/today');
  }
  /** Repeated under its key it is answered by the first: the entry is there once. */
  record(entry: NewEntry & { id: string }, key: string): Promise<RecordResult> {
    return this.api.post('/bff/v1/books/entries', entry, { key });
  }
  entries(query: EntryQuery): Promise<EntryPage> {
    return this.api.get('/bff/v1/books/entries', { query });
  }
  /** With what happened to it. */
  entry(entryId: string): Promise<EntryHistory> {
    return this.api.get('/bff/v1/books/entries/{entryId}', { params: { entryId } });
  }
  /** Many entries under one category, each with its own outcome. */
  sort(entryIds: string[], category: string): Promise<Sorted> {
    return this.api.put('/bff/v1/books/sorting', { entryIds, category });
  }
  sortOne(entryId: string, lines: { category: string; amountMinor: string }[]): Promise<Entry> {
    return this.api.put('/bff/v1/books/entries/{entryId}/lines', { lines }, { entryId });
  }
  reverse(entryId: string, body: Body<'/bff/v1/books/entries/{entryId}/reversal'>): Promise<Entry> {
    return this.api.post('/bff/v1/books/entries/{entryId}/reversal', body, { params: { entryId } });
  }
  /** What there is to know before the days up to `date` are closed. */
  closing(date: string): Promise<Closing> {
    return this.api.get('/bff/v1/books/closing', { query: { date } });
  }
  /** Repeating it changes nothing. */
  closeDay(body: Body<'/bff/v1/books/closing'>): Promise<unknown> {
    return this.api.post('/bff/v1/books/closing', body);
  }
  reopenDay(body: Body<'/bff/v1/books/reopening'>): Promise<unknown> {
    return this.api.post('/bff/v1/books/reopening', body);
  }
}
