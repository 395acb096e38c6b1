import { NgTemplateOutlet } from '@angular/common';
import { Component, Injector, inject, signal } from '@angular/core';
import { FormField, form, required } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MaskitoDirective } from '@maskito/angular';
import { I18n } from '#core/i18n/i18n';
import { Prefs } from '#core/prefs';
import { ourProblem } from '#core/problem';
import { amountField } from '../amount-field';
import { AmountKeypad } from '../amount-keypad';
import { Brand } from '../brand';
import { Card } from '../card';
import { DayChart } from '../chart/day-chart';
import { confirm } from '../confirm';
import { CopyButton } from '../copy-button';
import { DayHeader } from '../day-header';
import { Denominations } from '../denominations';
import { Empty } from '../empty';
import { FileDrop } from '../file-drop';
import { FilterChips } from '../filter-chips';
import { FORM_DEFAULTS } from '../form-defaults';
import { Freshness } from '../freshness';
import { ICON_NAMES, Icon } from '../icon';
import { List } from '../list';
import { Money } from '../money';
import { Notice } from '../notice';
import { PrefsBar } from '../prefs-bar';
import { ProblemBox } from '../problem-box';
import { QrCode } from '../qr-code';
import { Segmented } from '../segmented';
import { Skeleton } from '../skeleton';
import { Table } from '../table';
import { type Tile, Tiles } from '../tiles';
import { Waterfall } from '../waterfall';
import { COUNTED, DAYS, FALLS } from './days';
import { DrawerSample } from './drawer-sample';

/** Every piece of `libs/ui` in both themes beside each other, with how it is written. In development alone, at `/ui`. */
@Component({
  selector: 'la-catalogue',
  imports: [
    NgTemplateOutlet,
    FormField,
    MatButton,
    MatError,
    MatFormField,
    MatHint,
    MatLabel,
    MatInput,
    MaskitoDirective,
    Brand,
    Card,
    DayChart,
    CopyButton,
    Empty,
    Icon,
    List,
    Money,
    Notice,
    PrefsBar,
    ProblemBox,
    QrCode,
    Segmented,
    Skeleton,
    Table,
    AmountKeypad,
    DayHeader,
    Denominations,
    FileDrop,
    FilterChips,
    Freshness,
    Tiles,
    Waterfall,
  ],
  providers: [FORM_DEFAULTS],
  templateUrl: './catalogue.html',
  styleUrl: './catalogue.scss',
})
export class Catalogue {
  private readonly injector = inject(Injector);
  protected readonly i18n = inject(I18n);
  protected readonly prefs = inject(Prefs);
  protected readonly icons = ICON_NAMES;
  protected readonly days = DAYS;
  protected readonly problem = ourProblem('WEB_OFFLINE');
  protected readonly names = { in: 'Entradas', out: 'Saídas', balance: 'Saldo' };
  protected readonly tones = ['info', 'ok', 'warn', 'error'] as const;
  protected readonly columns = [
    { name: 'date', heading: 'Dia', text: (day: (typeof DAYS)[number]) => this.i18n.date(day.date) },
    { name: 'in', heading: 'Entradas', text: (day: (typeof DAYS)[number]) => this.i18n.money(day.inMinor), isNumber: true },
    { name: 'closing', heading: 'Saldo', text: (day: (typeof DAYS)[number]) => this.i18n.money(day.closingMinor), isNumber: true },
  ];
  protected readonly segment = { light: signal('balance'), dark: signal('balance') };
  protected readonly segments = [
    { value: 'balance', text: 'Saldo' },
    { value: 'flow', text: 'Entradas e saídas' },
  ];
  protected readonly typedMinor = { light: signal('1850'), dark: signal('1850') };
  protected readonly tile = { light: signal('cash'), dark: signal('cash') };
  protected readonly tiles: Tile[] = [
    { value: 'cash', text: 'Dinheiro', icon: 'cash' },
    { value: 'pix', text: 'Pix', icon: 'qr' },
    { value: 'card', text: 'Cartão', icon: 'card' },
  ];
  protected readonly chips = [
    { value: 'in', text: 'Entradas' },
    { value: 'out', text: 'Saídas' },
    { value: 'open', text: 'Sem categoria' },
  ];
  protected readonly chosen = { light: signal<readonly string[]>(['in']), dark: signal<readonly string[]>(['in']) };
  protected readonly counts = { light: signal(COUNTED), dark: signal(COUNTED) };
  protected readonly falls = FALLS;
  protected readonly typed = amountField();
  protected readonly model = signal({ name: '', amount: '' });
  protected readonly f = form(this.model, (p) => required(p.name, { message: 'Preencha este campo.' }));
  protected readonly answer = signal('');

  protected async ask(): Promise<void> {
    const yes = await confirm(this.injector, {
      title: 'Devolver este Pix?',
      text: 'Uma devolução não pode ser desfeita.',
      yes: 'Devolver',
    });
    this.answer.set(yes ? 'sim' : 'não');
  }
  protected async open(): Promise<void> {
    const { openDrawer } = await import('../drawer');
    openDrawer(this.injector, DrawerSample, { data: 'Uma gaveta', labelledBy: 'h-drawer' });
  }
}
