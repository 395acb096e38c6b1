import { Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { Key } from '#core/i18n/i18n';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { load } from '#core/load';
import { Brand } from '#ui/brand';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { Bff } from '../../money/bff';
import { ComprovanteSheet } from '../../money/comprovante-sheet';
import './texts';
import '../../money/texts';

/** The comprovante of one Pix that happened, sent or received. */
@Component({
  selector: 'la-comprovante',
  imports: [MatButton, RouterLink, Brand, ComprovanteSheet, Icon, ProblemBox, BrlPipe, TPipe],
  template: `@if (found.data(); as c) {
    <article class="card"><la-brand class="on-paper" />
      <header><span class="m"><la-icon [name]="c.direction" /></span><h1>{{ title() | t }}</h1>
        <p class="v num" data-testid="comprovante-amount">{{ c.amountMinor | brl: 'shown' }}</p></header>
      <la-comprovante-sheet [comprovante]="c" />
      @if (c.direction === 'in' && !c.returnOf) {<a matButton="outlined" class="back no-print" [routerLink]="['/devolver', c.id]" data-testid="open-return">{{ 'pix.giveBack' | t }}</a>}
      <a matButton class="back no-print" routerLink="/extrato">{{ 'pix.statement' | t }}</a>
    </article>
  } @else if (missing()) {
    <div class="card empty"><la-icon name="search" /><h1>{{ 'comprovantePage.none' | t }}</h1><a matButton="filled" routerLink="/extrato">{{ 'pix.statement' | t }}</a></div>
  } @else if (found.problem(); as p) {
    <la-problem [problem]="p" canRetry (retry)="found.reload()" />
  } @else {
    <p class="sr-only" role="status">{{ 'common.loading' | t }}</p><div class="sk skel" aria-hidden="true"></div>
  }`,
  styles: `:host{display:grid;gap:16px;max-width:760px;margin:0 auto;grid-template-columns:minmax(0,1fr)}
    article{display:grid;gap:26px;padding:30px}header{display:grid;justify-items:center;gap:4px;text-align:center}
    .m{display:grid;place-items:center;width:56px;height:56px;margin-bottom:8px;border-radius:50%;font-size:1.375rem;color:var(--la-in);background:color-mix(in srgb,var(--la-in) 13%,transparent)}
    h1{font-size:1.25rem}.v{font-size:2.25rem;line-height:1.25;font-weight:660;letter-spacing:-.03em}.on-paper{display:none}.back{justify-self:center}
    .sk{display:block;height:480px;border-radius:16px}
    @media(max-width:760px){article{padding:24px 18px}}@media print{.on-paper{display:flex}article{border:0;padding:0}}`,
})
export class ComprovantePage {
  private readonly bff = inject(Bff);
  readonly id = input.required<string>();
  protected readonly found = load({ of: () => this.id(), read: (id) => this.bff.comprovante(id) });
  protected readonly missing = computed(() => [404, 409].includes(this.found.problem()?.status ?? 0));
  protected readonly title = computed((): Key => {
    const c = this.found.data();
    if (c?.returnOf) return c.direction === 'in' ? 'line.returnIn' : 'line.returnOut';
    return c?.direction === 'in' ? 'comprovantePage.received' : 'comprovantePage.sent';
  });
}
