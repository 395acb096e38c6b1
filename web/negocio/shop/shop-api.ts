import { Injectable, inject } from '@angular/core';
import { Api } from '#core/api';
import type { Entry, EntryHistory, EntryPage, EntryQuery, NewEntry, RecordResult, Shop, Sorted, Today } from './contract';

/** What the shop's screens ask, in their words. Each method rejects with what `toProblem` reads. */
@Injectable({ providedIn: 'root' })
export class ShopApi {
  private readonly api = inject(Api);

  /** Stores, places, categories, and the business date. */
  shop(): Promise<Shop> {
    return this.api.get('/bff/v1/books/shop' as never) as Promise<Shop>;
  }
  today(): Promise<Today> {
    return this.api.get('/bff/v1/books/today' as never) as Promise<Today>;
  }
  /** Repeated under its key it is answered by the first: the entry is there once. */
  record(entry: NewEntry, key: string): Promise<RecordResult> {
    return this.api.post('/bff/v1/books/entries' as never, entry as never, { key }) as Promise<RecordResult>;
  }
  entries(query: EntryQuery): Promise<EntryPage> {
    return this.api.get('/bff/v1/books/entries' as never, { query: query as never }) as Promise<EntryPage>;
  }
  /** With what happened to it. */
  entry(id: string): Promise<EntryHistory> {
    return this.api.get('/bff/v1/books/entries/{id}' as never, { params: { id } }) as Promise<EntryHistory>;
  }
  /** Many entries under one category, each with its own outcome. */
  sort(entryIds: string[], category: string): Promise<Sorted> {
    return this.api.put('/bff/v1/books/sorting' as never, { entryIds, category } as never) as Promise<Sorted>;
  }
  sortOne(id: string, lines: { category: string; amountMinor: string }[]): Promise<Entry> {
    return this.api.put('/bff/v1/books/entries/{id}/lines' as never, { lines } as never, { id }) as Promise<Entry>;
  }
  reverse(id: string, body: { reason: string; late?: 'first-open-day' }): Promise<Entry> {
    return this.api.post('/bff/v1/books/entries/{id}/reversal' as never, body as never, { params: { id } }) as Promise<Entry>;
  }
}
