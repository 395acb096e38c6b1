import { Component, computed, effect, Injector, inject, input, linkedSignal, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import { debounceTime, filter } from 'rxjs';
import { Accounts } from '#core/accounts';
import { I18n } from '#core/i18n/i18n';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { Live } from '#core/live/live';
import { type Problem, toProblem } from '#core/problem';
import { DayHeader } from '#ui/day-header';
import { Empty } from '#ui/empty';
import { FilterChips } from '#ui/filter-chips';
import { List } from '#ui/list';
import { Notice } from '#ui/notice';
import { ProblemBox } from '#ui/problem-box';
import { type Segment, Segmented } from '#ui/segmented';
import { Skeleton } from '#ui/skeleton';
import { Books } from '../../shop/books';
import type { Entry, EntryPage } from '../../shop/contract';
import { EntryLine } from '../../shop/entry-line';
import { ShopApi } from '../../shop/shop-api';
import { byDay, isFiltered, periodOf, queryOf, SHOWN, searchOf, shownOf } from './filters';
import './texts';

const TYPING_MS = 350;
const NEWS_MS = 500;

/** Every entry of the shop, wherever it came from: found, sorted one by one or many at once, split, reversed. */
@Component({
  selector: 'la-lancamentos',
  imports: [MatButton, RouterLink, DayHeader, Empty, EntryLine, FilterChips, List, Notice, ProblemBox, Segmented, Skeleton, BrlPipe, TPipe],
  templateUrl: './lancamentos.html',
  styleUrl: './lancamentos.scss',
})
export class Lancamentos {
  private readonly api = inject(ShopApi);
  private readonly router = inject(Router);
  private readonly injector = inject(Injector);
  private readonly i18n = inject(I18n);
  private readonly accounts = inject(Accounts);
  protected readonly books = inject(Books);
  // Filters live in the address: what is found can be reloaded, shared and gone back to.
  readonly periodo = input<string>();
  readonly de = input<string>();
  readonly ate = input<string>();
  readonly busca = input<string>();
  readonly mostrar = input<string>();
  readonly lugar = input<string>();
  readonly categoria = input<string>();
  readonly estado = input<string>();
  private readonly url = computed(() => ({
    periodo: this.periodo(),
    de: this.de(),
    ate: this.ate(),
    busca: this.busca(),
    mostrar: this.mostrar(),
    lugar: this.lugar(),
    categoria: this.categoria(),
    estado: this.estado(),
  }));
  protected readonly period = computed(() => periodOf(this.url()));
  protected readonly shown = computed(() => shownOf(this.url()));
  protected readonly filtered = computed(() => isFiltered(this.url()));
  protected readonly words = linkedSignal<string, string>({
    source: computed(() => searchOf(this.url())),
    computation: (search, before) => (before?.value.trim() === search ? before.value : search),
  });
  protected readonly entries = signal<readonly Entry[]>([]);
  protected readonly sums = signal<EntryPage['sums'] | null>(null);
  private readonly figures = signal<ReadonlyMap<string, EntryPage['days'][number]>>(new Map());
  protected readonly next = signal<string | null>(null);
  protected readonly state = signal<'first' | 'more' | 'ready'>('first');
  protected readonly problem = signal<Problem | null>(null);
  protected readonly days = computed(() =>
    byDay(this.entries()).map((day) => ({
      ...day,
      inMinor: this.figures().get(day.date)?.inMinor,
      outMinor: this.figures().get(day.date)?.outMinor,
    })),
  );
  protected readonly choosing = signal(false);
  protected readonly chosen = signal<ReadonlySet<string>>(new Set());
  protected readonly sortAs = signal('');
  protected readonly busy = signal(false);
  protected readonly said = signal('');
  protected readonly maySort = computed(() => this.accounts.may('books'));
  /** Income and expenses have categories of their own. */
  protected readonly side = computed<'in' | 'out' | 'mixed' | null>(() => {
    const kinds = new Set(this.entries().flatMap(({ id, kind }) => (this.chosen().has(id) ? [kind] : [])));
    return kinds.size > 1 ? 'mixed' : kinds.has('in') ? 'in' : kinds.has('out') ? 'out' : null;
  });
  protected readonly fitting = computed(() => this.books.categoriesFor(this.side() === 'in' ? 'in' : 'out'));
  protected readonly chips = computed(() => SHOWN.map((value) => ({ value, text: this.i18n.t(`entries.chip.${value}`) })));
  protected readonly periods: Segment[] = [
    { value: 'hoje', key: 'entries.today' },
    { value: '7', key: 'entries.d7' },
    { value: '30', key: 'entries.d30' },
    { value: '90', key: 'entries.d90' },
    { value: 'tudo', key: 'entries.all' },
    { value: 'datas', key: 'entries.dates' },
  ];
  /** Answers of an earlier filter are thrown away. */
  private turn = 0;
  private typing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    effect(() => {
      this.url();
      untracked(() => void this.load());
    });
    inject(Live)
      .events.pipe(
        filter(({ type }) => type === 'books'),
        debounceTime(NEWS_MS),
        takeUntilDestroyed(),
      )
      .subscribe(() => void this.refresh());
  }
  protected maySortOne({ kind, state }: Entry): boolean {
    return (kind === 'in' || kind === 'out') && (state === 'posted' || state === 'accepted');
  }
  protected typed(event: Event): void {
    clearTimeout(this.typing);
    this.words.set((event.target as HTMLInputElement).value);
    // Back undoes a search as a whole, not letter by letter.
    this.typing = setTimeout(() => this.go({ busca: this.words().trim() || null }, searchOf(this.url()) !== ''), TYPING_MS);
  }
  protected setPeriod(value: string): void {
    const today = this.books.shop()?.today ?? '';
    this.go(
      value === 'datas'
        ? { periodo: null, de: `${today.slice(0, 8)}01`, ate: today }
        : { periodo: value === '30' ? null : value, de: null, ate: null },
    );
  }
  protected clear(): void {
    this.go({ periodo: null, de: null, ate: null, busca: null, mostrar: null, lugar: null, categoria: null, estado: null });
  }
  protected toggleChoosing(): void {
    this.choosing.update((on) => !on);
    this.chosen.set(new Set());
  }
  protected choose(id: string): void {
    this.chosen.update((before) => (before.has(id) ? new Set([...before].filter((one) => one !== id)) : new Set([...before, id])));
  }
  protected async apply(): Promise<void> {
    const [entryIds, category] = [[...this.chosen()], this.sortAs()];
    if (this.busy() || !category || entryIds.length === 0) return;
    this.busy.set(true);
    try {
      const { sorted, refused } = await this.api.sort(entryIds, category);
      const parts = [
        this.i18n.t('entries.sorted', { n: sorted }),
        refused.length ? this.i18n.t('entries.notAll', { n: refused.length }) : '',
      ];
      this.said.set(parts.filter(Boolean).join('. '));
      this.chosen.set(new Set(refused.map(({ entryId }) => entryId)));
      await this.refresh();
    } catch (error) {
      this.problem.set(toProblem(error));
    }
    this.busy.set(false);
  }
  protected async open(entry: Entry): Promise<void> {
    const { openEntry } = await import('./detail');
    openEntry(this.injector, entry);
  }
  protected async load(): Promise<void> {
    this.state.set('first');
    this.said.set('');
    await this.read(null);
  }
  protected async more(): Promise<void> {
    this.state.set('more');
    await this.read(this.next());
  }
  /** What is shown, read again; where more pages were asked for, it would jump under the finger. */
  private async refresh(): Promise<void> {
    if (this.state() === 'ready' && this.entries().length <= PAGE) await this.read(null);
  }
  private async read(cursor: string | null): Promise<void> {
    const mine = ++this.turn;
    this.problem.set(null);
    try {
      const page = await this.api.entries({ ...queryOf(this.url(), Date.now()), ...(cursor ? { cursor } : {}) });
      if (mine !== this.turn) return;
      const seen = new Set(cursor ? this.entries().map(({ id }) => id) : []);
      this.entries.update((old) => (cursor ? [...old, ...page.entries.filter(({ id }) => !seen.has(id))] : page.entries));
      this.figures.update((old) => new Map([...(cursor ? old : []), ...page.days.map((day) => [day.date, day] as const)]));
      if (page.sums) this.sums.set(page.sums);
      this.next.set(page.next);
    } catch (error) {
      if (mine !== this.turn) return;
      if (!cursor) this.entries.set([]);
      this.problem.set(toProblem(error));
    }
    this.state.set('ready');
  }
  /** Each filter is a step that Back undoes. */
  protected go(queryParams: Record<string, string | null>, replaceUrl = false): void {
    void this.router.navigate([], { queryParams, queryParamsHandling: 'merge', replaceUrl });
  }
}

const PAGE = 50;
