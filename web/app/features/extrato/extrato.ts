import { Component, computed, effect, Injector, inject, input, linkedSignal, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import { debounceTime, filter } from 'rxjs';
import { Clock } from '#core/clock';
import { I18n } from '#core/i18n/i18n';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { Live } from '#core/live/live';
import { type Problem, toProblem } from '#core/problem';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { type Segment, Segmented } from '#ui/segmented';
import { Bff } from '../../money/bff';
import type { Day, StatementLine } from '../../money/contract';
import { LineRow } from '../../money/line-row';
import { byDay, directionOf, isFailedList, pageSizeOf, periodOf, queryOf, searchOf } from './filters';
import './texts';
import '../../money/texts';

const TYPING_MS = 350;

@Component({
  selector: 'la-extrato',
  imports: [MatButton, RouterLink, Icon, LineRow, ProblemBox, Segmented, BrlPipe, TPipe],
  templateUrl: './extrato.html',
  styleUrl: './extrato.scss',
})
export class Extrato {
  private readonly bff = inject(Bff);
  private readonly router = inject(Router);
  private readonly injector = inject(Injector);
  private readonly i18n = inject(I18n);
  private readonly clock = inject(Clock);
  // Filters live in the URL: a filtered statement can be reloaded, shared and gone back to.
  readonly direcao = input<string>();
  readonly periodo = input<string>();
  readonly busca = input<string>();
  readonly situacao = input<string>();
  readonly de = input<string>();
  readonly ate = input<string>();
  private readonly url = computed(() => ({
    direcao: this.direcao(),
    periodo: this.periodo(),
    busca: this.busca(),
    situacao: this.situacao(),
    de: this.de(),
    ate: this.ate(),
  }));
  protected readonly direction = computed(() => (isFailedList(this.url()) ? 'failed' : directionOf(this.url())));
  protected readonly search = computed(() => searchOf(this.url()));
  /** As typed: what the URL keeps has no spaces at its ends, and the field must not lose one between two words. */
  protected readonly words = linkedSignal<string, string>({
    source: this.search,
    computation: (search, before) => (before?.value.trim() === search ? before.value : search),
  });
  protected readonly period = computed(() => periodOf(this.url()));
  protected readonly filtered = computed(() => this.direction() !== 'all' || this.period() !== '30' || this.search() !== '');
  protected readonly lines = signal<StatementLine[]>([]);
  protected readonly next = signal<string | null>(null);
  protected readonly state = signal<'first' | 'more' | 'ready'>('first');
  protected readonly problem = signal<Problem | null>(null);
  protected readonly fresh = signal(false);
  private readonly figures = signal<ReadonlyMap<string, Day>>(new Map());
  /** The figures of a day are of all its lines: under a filter they would contradict what is shown. */
  protected readonly hasFigures = computed(() => this.direction() === 'all' && this.search() === '');
  protected readonly days = computed(() =>
    byDay(this.lines()).map((d) => ({ ...d, day: this.hasFigures() ? this.figures().get(d.date) : undefined })),
  );
  protected readonly file = computed(() => this.bff.statementFile(queryOf(this.url(), this.clock.now())));
  protected readonly directions: Segment[] = [
    { value: 'all', key: 'statement.all' },
    { value: 'in', key: 'statement.in' },
    { value: 'out', key: 'statement.out' },
    { value: 'failed', key: 'statement.failed' },
  ];
  protected readonly periods: Segment[] = [
    { value: '7', key: 'statement.p7' },
    { value: '30', key: 'statement.p30' },
    { value: '90', key: 'statement.p90' },
    { value: 'tudo', key: 'statement.pAll' },
    { value: 'datas', key: 'statement.pDates' },
  ];
  /** Answers of an earlier filter are thrown away. */
  private turn = 0;
  private lastBalance: string | null = null;
  private typing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    effect(() => {
      this.url();
      untracked(() => void this.load());
    });
    const live = inject(Live);
    live.events
      .pipe(
        filter(
          (e) => e.type === 'payment' || (e.type === 'balance' && this.isNews(e.data.postedMinor + e.data.heldMinor, e.data.postedMinor)),
        ),
        debounceTime(500),
        takeUntilDestroyed(),
      )
      .subscribe(() => this.news());
  }
  protected setDirection(v: string): void {
    this.go({ direcao: v === 'in' ? 'entradas' : v === 'out' ? 'saidas' : null, situacao: v === 'failed' ? 'nao-concluidos' : null });
  }
  protected setPeriod(v: string): void {
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo' }).format(this.clock.now());
    this.go(
      v === 'datas' ? { periodo: null, de: `${today.slice(0, 8)}01`, ate: today } : { periodo: v === '30' ? null : v, de: null, ate: null },
    );
  }
  protected setDate(which: 'de' | 'ate', ev: Event): void {
    this.go({ [which]: (ev.target as HTMLInputElement).value || null });
  }
  protected typed(ev: Event): void {
    clearTimeout(this.typing);
    this.words.set((ev.target as HTMLInputElement).value);
    // Back undoes a search as a whole, not letter by letter.
    this.typing = setTimeout(() => this.go({ busca: this.words().trim() || null }, this.search() !== ''), TYPING_MS);
  }
  protected clear(): void {
    this.go({ direcao: null, periodo: null, busca: null, situacao: null, de: null, ate: null });
  }
  protected dayTitle(date: string): string {
    const day = (ms: number) => new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo' }).format(ms);
    const now = this.clock.now();
    const name = date === day(now) ? this.i18n.t('common.today') : date === day(now - 86_400_000) ? this.i18n.t('common.yesterday') : null;
    const full = this.i18n.date(date, { weekday: 'long', day: 'numeric', month: 'long' });
    return name ? `${name}, ${full}` : full.charAt(0).toUpperCase() + full.slice(1);
  }
  protected async load(): Promise<void> {
    const turn = ++this.turn;
    this.state.set('first');
    this.problem.set(null);
    this.fresh.set(false);
    await this.read(turn, null);
  }
  protected async more(): Promise<void> {
    if (this.state() !== 'ready' || !this.next()) return;
    this.state.set('more');
    this.problem.set(null);
    await this.read(this.turn, this.next());
  }
  protected async open(line: StatementLine): Promise<void> {
    const { openDetail } = await import('./detalhe');
    openDetail(this.injector, line);
  }
  /** At the top the list is read again by itself; once more pages are loaded it would jump, so a button offers it. */
  /**
   * The line begins with the balance as it stands, whether or not anything moved: that says something new only if the newest line here ends
   * in another balance.
   */
  private isNews(state: string, postedMinor: string): boolean {
    const before = this.lastBalance;
    this.lastBalance = state;
    if (before !== null) return before !== state;
    const newest = this.filtered() ? null : this.lines().find((l) => l.balanceAfterMinor !== null)?.balanceAfterMinor;
    return newest != null && newest !== postedMinor;
  }
  private news(): void {
    if (this.lines().length <= 30 && this.state() === 'ready') void this.read(++this.turn, null);
    else this.fresh.set(true);
  }
  private async read(turn: number, cursor: string | null): Promise<void> {
    try {
      const query = { ...queryOf(this.url(), this.clock.now()), limit: String(pageSizeOf(this.url())) };
      const page = await this.bff.statement({ ...query, ...(cursor ? { cursor } : {}) });
      if (turn !== this.turn) return;
      const seen = new Set(cursor ? this.lines().map((l) => l.id) : []);
      this.lines.update((old) => (cursor ? [...old, ...page.lines.filter((l) => !seen.has(l.id))] : page.lines));
      this.figures.update((old) => new Map([...(cursor ? old : []), ...page.days.map((d) => [d.date, d] as const)]));
      this.next.set(page.next);
    } catch (err) {
      if (turn !== this.turn) return;
      if (!cursor) this.lines.set([]);
      this.problem.set(toProblem(err));
    }
    this.state.set('ready');
  }
  /** Each filter is a step that Back undoes. */
  private go(queryParams: Record<string, string | null>, replaceUrl = false): void {
    void this.router.navigate([], { queryParams, queryParamsHandling: 'merge', replaceUrl });
  }
}
