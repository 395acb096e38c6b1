import type { Answer, Body, Query } from '#core/api';

/** What the shop's screens are told, by the names they use. */
export type Shop = Answer<'/bff/v1/books/shop'>;
export type Place = Shop['places'][number];
export type PlaceKind = Place['kind'];
export type Category = Shop['categories'][number];
export type Group = Category['group'];
/** One that was made on this device; it gets its id where it is kept. */
export type NewEntry = Omit<Body<'/bff/v1/books/entries'>, 'id'>;
export type RecordResult = Answer<'/bff/v1/books/entries', 'post'>;
export type Today = Answer<'/bff/v1/books/today'>;
export type EntryPage = Answer<'/bff/v1/books/entries'>;
export type EntryQuery = Query<'/bff/v1/books/entries'>;
export type Entry = EntryPage['entries'][number];
export type EntryHistory = Answer<'/bff/v1/books/entries/{entryId}'>;
export type Method = NonNullable<Entry['method']>;
export type Closing = Answer<'/bff/v1/books/closing'>;
export type Sorted = Answer<'/bff/v1/books/sorting', 'put'>;
