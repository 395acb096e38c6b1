import { Component, type ElementRef, inject, signal, viewChild } from '@angular/core';
import { Router } from '@angular/router';
import { Api } from '#core/api';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import './texts';

/** Search from everywhere, by Ctrl+K or ⌘K: a payment by what stands on a paper about it. */
@Component({
  selector: 'la-finder',
  imports: [Icon, ProblemBox, TPipe],
  host: { '(document:keydown)': 'pressed($event)' },
  template: `<dialog #box class="finder" [attr.aria-label]="'finder.title' | t" (close)="reset()">
    <form method="dialog" (submit)="find($event)">
      <label class="field"><la-icon name="search" /><span class="sr-only">{{ 'finder.label' | t }}</span>
        <input #words type="search" autocomplete="off" spellcheck="false" maxlength="60" data-testid="finder-words" [attr.placeholder]="'finder.label' | t"></label>
      <p class="hint muted" role="status" data-testid="finder-hint">{{ (missed() ? 'finder.none' : 'finder.hint') | t }}</p>
      @if (problem(); as p) {<la-problem [problem]="p" />}
    </form>
  </dialog>`,
  styles: `.finder{border:1px solid var(--la-line);border-radius:16px;padding:16px;width:min(36rem,calc(100vw - 32px));margin-top:14vh;background:var(--la-card);color:inherit;box-shadow:var(--la-shadow)}
    .finder::backdrop{background:rgb(0 0 0/45%)}.field{display:flex;align-items:center;gap:10px}
    input{flex:1;min-width:0;font:inherit;font-size:1.0625rem;padding:10px 0;border:0;background:none;color:inherit;outline-offset:4px}.hint{margin:8px 0 0;font-size:.875rem}`,
})
export class Finder {
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly box = viewChild.required<ElementRef<HTMLDialogElement>>('box');
  private readonly words = viewChild.required<ElementRef<HTMLInputElement>>('words');
  protected readonly missed = signal(false);
  protected readonly problem = signal<Problem | null>(null);

  protected pressed(event: KeyboardEvent): void {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const { nativeElement: box } = this.box();
    if (box.open) box.close();
    else box.showModal();
  }
  protected reset(): void {
    this.missed.set(false);
    this.problem.set(null);
    this.words().nativeElement.value = '';
  }
  protected async find(event: Event): Promise<void> {
    event.preventDefault();
    const q = this.words().nativeElement.value.trim();
    if (q.length < 3) return;
    this.problem.set(null);
    try {
      const { ids } = await this.api.get('/bff/v1/desk/payments/search', { query: { q } });
      this.missed.set(ids.length === 0);
      if (!ids[0]) return;
      this.box().nativeElement.close();
      await this.router.navigate(['/pagamento', ids[0]]);
    } catch (err) {
      this.problem.set(toProblem(err));
    }
  }
}
