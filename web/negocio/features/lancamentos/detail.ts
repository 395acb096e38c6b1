import { Component, computed, type Injector, inject, signal } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialogClose, MatDialogRef } from '@angular/material/dialog';
import { Accounts } from '#core/accounts';
import { I18n, type Key } from '#core/i18n/i18n';
import { DiaPipe, TPipe } from '#core/i18n/pipes';
import { load } from '#core/load';
import { typedMoney } from '#core/masks';
import { parseTyped, toMinor } from '#core/money';
import { type Problem, toProblem } from '#core/problem';
import { CopyButton } from '#ui/copy-button';
import { openDrawer } from '#ui/drawer';
import { Icon } from '#ui/icon';
import { Money } from '#ui/money';
import { ProblemBox } from '#ui/problem-box';
import { Books } from '../../shop/books';
import type { Entry, EntryHistory } from '../../shop/contract';
import { ShopApi } from '../../shop/shop-api';
import './texts';

type Part = { category: string; minor: string };

/** One entry: what it says, its categories (one or several), what happened to it, and the way to take it back. */
@Component({
  selector: 'la-entry-detail',
  imports: [MatButton, MatIconButton, MatDialogClose, CopyButton, Icon, Money, ProblemBox, DiaPipe, TPipe],
  templateUrl: './detail.html',
  styleUrl: './detail.scss',
})
export class EntryDetail {
  private readonly api = inject(ShopApi);
  private readonly dialog = inject(MatDialogRef);
  private readonly accounts = inject(Accounts);
  protected readonly i18n = inject(I18n);
  protected readonly books = inject(Books);
  private readonly given = inject<Entry>(MAT_DIALOG_DATA);
  protected readonly full = load({ of: () => this.given.id, read: (id) => this.api.entry(id) });
  protected readonly entry = computed(() => this.full.data() ?? this.given);
  protected readonly parts = signal<readonly Part[]>(
    this.given.lines.map(({ categoryId, amountMinor }) => ({ category: categoryId, minor: amountMinor })),
  );
  private readonly rest = computed(
    () => toMinor(this.entry().amountMinor) - this.parts().reduce((sum, { minor }) => sum + toMinor(minor), 0n),
  );
  /** Why the parts cannot be saved as they are; empty when they make up the total. */
  protected readonly amiss = computed(() => {
    const rest = this.rest();
    if (rest === 0n) return this.parts().some(({ minor }) => toMinor(minor) === 0n) ? this.i18n.t('entries.emptyPart') : '';
    return this.i18n.t(rest > 0n ? 'entries.restSplit' : 'entries.overSplit', { v: this.i18n.money(rest > 0n ? rest : -rest) });
  });
  protected readonly fitting = computed(() =>
    this.books.categoriesFor(
      this.given.kind === 'in' ? 'in' : 'out',
      this.given.lines.map(({ categoryId }) => categoryId),
    ),
  );
  protected readonly maySort = computed(() => {
    const { kind, state } = this.entry();
    return this.accounts.may('books') && (kind === 'in' || kind === 'out') && (state === 'posted' || state === 'accepted');
  });
  protected readonly mayReverse = computed(() => this.accounts.may('books') && this.entry().state === 'posted');
  protected readonly reversing = signal(false);
  protected readonly reason = signal('');
  protected readonly problem = signal<Problem | null>(null);
  protected readonly busy = signal(false);
  protected readonly said = signal('');
  protected readonly direction = computed(() => (this.entry().kind === 'in' ? 'in' : this.entry().kind === 'out' ? 'out' : undefined));
  protected readonly typedMoney = typedMoney;

  protected changeKey(kind: EntryHistory['history'][number]['kind']): Key {
    return `entries.change.${kind}`;
  }
  protected change(at: number, part: Partial<Part>): void {
    this.said.set('');
    this.parts.update((all) => all.map((one, index) => (index === at ? { ...one, ...part } : one)));
  }
  protected typed(at: number, field: HTMLInputElement): void {
    const minor = parseTyped(field.value);
    field.value = typedMoney(minor);
    this.change(at, { minor });
  }
  /** What is left of the total goes to the new part. */
  protected split(): void {
    const rest = this.rest() > 0n ? String(this.rest()) : '0';
    this.parts.update((all) => [...all, { category: this.fitting()[0]?.id ?? '', minor: rest }]);
  }
  protected remove(at: number): void {
    this.parts.update((all) => all.filter((_, index) => index !== at));
  }
  protected async save(): Promise<void> {
    const lines = this.parts().map(({ category, minor }) => ({ category, amountMinor: minor }));
    await this.make(async () => {
      await this.api.sortOne(this.given.id, lines);
      this.said.set(this.i18n.t('entries.saved'));
      await this.full.reload();
    });
  }
  protected async reverse(late = false): Promise<void> {
    await this.make(async () => {
      await this.api.reverse(this.given.id, { reason: this.reason().trim(), ...(late ? { late: 'first-open-day' as const } : {}) });
      this.dialog.close();
    });
  }
  private async make(work: () => Promise<void>): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.problem.set(null);
    try {
      await work();
    } catch (error) {
      this.problem.set(toProblem(error));
    }
    this.busy.set(false);
  }
}

/** The drawer over the list. */
export function openEntry(injector: Injector, entry: Entry): void {
  openDrawer(injector, EntryDetail, { data: entry, labelledBy: 'h-entry' });
}
