import { Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { I18n } from '#core/i18n/i18n';
import { BrlPipe, DiaPipe, TPipe } from '#core/i18n/pipes';
import { toChart } from '#core/money';
import { Prefs } from '#core/prefs';
import { cutAbove, sinceOpening } from '#ui/chart/chart-scale';
import { DayChart } from '#ui/chart/day-chart';
import { Icon } from '#ui/icon';
import { type Segment, Segmented } from '#ui/segmented';
import type { Day } from '../../money/contract';
import { chartWords, sumOf } from './chart-words';

/** Thirty days as a line of closing balances or as bars of money in and out; the same data as a table at one click. */
@Component({
  selector: 'la-chart-card',
  imports: [MatButton, DayChart, Icon, Segmented, BrlPipe, DiaPipe, TPipe],
  templateUrl: './chart-card.html',
  styleUrl: './chart-card.scss',
})
export class ChartCard {
  private readonly i18n = inject(I18n);
  private readonly prefs = inject(Prefs);
  readonly days = input.required<readonly Day[]>();
  /** The projection has not come this far yet: an empty chart does not mean an empty account. */
  readonly pending = input(false);
  protected readonly modes: Segment[] = [
    { value: 'balance', key: 'home.modeBalance' },
    { value: 'flow', key: 'home.modeFlow' },
  ];
  protected readonly mode = signal('balance');
  protected readonly table = signal(false);
  protected readonly shown = computed(() => sinceOpening(this.days()));
  protected readonly empty = computed(() => this.shown().length === 0);
  /** The account began within these days. */
  protected readonly isYoung = computed(() => this.shown().length < this.days().length);
  protected readonly newestFirst = computed(() => [...this.shown()].reverse());
  protected readonly total = computed(() => {
    const [into, out] = [sumOf(this.shown(), 'inMinor'), sumOf(this.shown(), 'outMinor')];
    return { in: into, out, net: into - out };
  });
  protected readonly isCut = computed(() =>
    Number.isFinite(cutAbove(this.shown().flatMap((d) => [toChart(d.inMinor), toChart(d.outMinor)]))),
  );
  protected readonly look = computed(() => ({ hidden: this.prefs.hidden(), flow: this.mode() === 'flow' }));
  protected readonly names = computed(() => ({
    in: this.i18n.t('pix.in'),
    out: this.i18n.t('pix.out'),
    balance: this.i18n.t('home.modeBalance'),
  }));
  protected readonly label = computed(() => chartWords(this.shown(), this.look(), this.i18n));
}
