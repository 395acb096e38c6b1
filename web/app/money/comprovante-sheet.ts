import { Component, computed, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Key } from '#core/i18n/i18n';
import { DiaPipe, maskedText, TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { CopyButton } from '#ui/copy-button';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { shareFile } from '#ui/share';
import { Bff } from './bff';
import type { Comprovante, Party } from './contract';
import './texts';

const FULL: Intl.DateTimeFormatOptions = {
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
};

const rowsOf = (party: Party): { key: Key; value: string }[] =>
  (
    [
      { key: 'comprovante.name', value: party.name },
      { key: 'comprovante.taxId', value: maskedText(party.taxIdMasked) },
      { key: 'comprovante.bank', value: [party.bankName, party.ispb ? `ISPB ${party.ispb}` : ''].filter(Boolean).join(' · ') },
      { key: 'comprovante.account', value: party.branch && party.account ? `${party.branch} · ${party.account}` : '' },
    ] satisfies { key: Key; value: string }[]
  ).filter(({ value }) => value !== '');

/** What a Brazilian comprovante must show, payer first, with its ways out: PDF and paper. */
@Component({
  selector: 'la-comprovante-sheet',
  imports: [MatButton, CopyButton, Icon, ProblemBox, DiaPipe, TPipe],
  template: `@let c = comprovante();
    <div class="parties">@for (side of sides(); track side.title) {<section><h2>{{ side.title | t }}</h2>
      <dl>@for (r of side.rows; track r.key) {<div><dt>{{ r.key | t }}</dt><dd>{{ r.value }}</dd></div>} @empty {<div><dt>{{ 'comprovante.erased' | t }}</dt><dd></dd></div>}</dl></section>}</div>
    <section><h2>{{ 'comprovante.about' | t }}</h2><dl>
      <div><dt>{{ 'comprovante.at' | t }}</dt><dd class="num">{{ c.at | dia: full }}</dd></div>
      @if (c.description) {<div><dt>{{ 'pix.note' | t }}</dt><dd>{{ c.description }}</dd></div>}
      @if (c.returnOf; as of) {<div class="id"><dt>{{ 'comprovante.returnOf' | t }}</dt><dd><code data-testid="return-of">{{ of }}</code></dd></div>}
      <div class="id"><dt>{{ (c.returnOf ? 'comprovante.returnId' : 'comprovante.e2e') | t }}</dt><dd><code data-testid="e2e">{{ c.endToEndId }}</code><la-copy class="no-print" [text]="c.endToEndId" label="pix.copyE2e" testid="copy-e2e" /></dd></div>
    </dl></section>
    @if (problem(); as p) {<la-problem class="no-print" [problem]="p" canRetry (retry)="share()" />}
    <div class="row no-print tall">
      <button matButton="filled" type="button" data-testid="share-pdf" [disabled]="busy()" disabledInteractive (click)="share()"><la-icon name="share" class="bi" />{{ (busy() ? 'common.loading' : 'comprovante.share') | t }}</button>
      <button matButton="outlined" type="button" data-testid="print" (click)="print()"><la-icon name="print" class="bi" />{{ 'pix.print' | t }}</button>
    </div>`,
  styleUrl: './comprovante-sheet.scss',
})
export class ComprovanteSheet {
  private readonly bff = inject(Bff);
  readonly comprovante = input.required<Comprovante>();
  protected readonly full = FULL;
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly sides = computed((): { title: Key; rows: { key: Key; value: string }[] }[] => [
    { title: this.comprovante().returnOf ? 'comprovante.giver' : 'comprovante.payer', rows: rowsOf(this.comprovante().payer) },
    { title: 'comprovante.payee', rows: rowsOf(this.comprovante().payee) },
  ]);

  protected async share(): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.problem.set(null);
    try {
      const { id, at } = this.comprovante();
      await shareFile(await this.bff.comprovantePdf(id), `comprovante-pix-${at.slice(0, 10)}-${id.slice(-6)}.pdf`);
    } catch (err) {
      this.problem.set(toProblem(err));
    } finally {
      this.busy.set(false);
    }
  }
  protected print(): void {
    globalThis.print();
  }
}
