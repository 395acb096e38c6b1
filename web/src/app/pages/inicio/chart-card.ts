import { Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Day } from '../../core/contract';
import { I18n } from '../../core/i18n/i18n';
import { BrlPipe, DiaPipe, TPipe } from '../../core/i18n/pipes';
import { toMinor } from '../../core/money';
import { Prefs } from '../../core/prefs';
import { Chart } from '../../shared/chart';
import { Icon } from '../../shared/icon';
import { type Segment, Segmented } from '../../shared/segmented';
import { chartOption, chartWords } from './chart-option';

/** Thirty days as a line of closing balances or as bars of money in and out; the same data as a table at one click. */
@Component({
  selector: 'la-chart-card',
  imports: [MatButton, Chart, Icon, Segmented, BrlPipe, DiaPipe, TPipe],
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
  protected readonly broken = signal(false);
  protected readonly empty = computed(
    () => !this.days().some((d) => [d.closingMinor, d.inMinor, d.outMinor].some((v) => toMinor(v) !== 0n)),
  );
  protected readonly newestFirst = computed(() => [...this.days()].reverse());
  private readonly look = computed(() => ({
    dark: this.prefs.dark(),
    hidden: this.prefs.hidden(),
    flow: this.mode() === 'flow',
    lang: this.i18n.lang(),
  }));
  protected readonly option = computed(() => chartOption(this.days(), this.look(), this.i18n));
  protected readonly label = computed(() => chartWords(this.days(), this.look(), this.i18n));
}
