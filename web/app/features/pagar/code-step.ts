import { Component, computed, type ElementRef, inject, model, output, signal, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import type { Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { ourProblem, type Problem, toProblem } from '#core/problem';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { Bff } from '../../money/bff';
import type { Quote } from '../../money/contract';
import { type InputKind, readPixInput } from '../../money/pix-input';

const KIND: Partial<Record<InputKind, Key>> = {
  'br-code': 'pay.kindBrCode',
  cpf: 'pay.kindCpf',
  cnpj: 'pay.kindCnpj',
  phone: 'pay.kindPhone',
  email: 'pay.kindEmail',
  evp: 'pay.kindEvp',
};

/** Takes a BR Code or a key and asks the BFF what it means. Moves no money. */
@Component({
  selector: 'la-code-step',
  imports: [MatButton, MatFormField, MatHint, MatLabel, MatInput, Icon, ProblemBox, TPipe],
  templateUrl: './code-step.html',
  styles: `form{display:grid;gap:16px;grid-template-columns:minmax(0,1fr)}textarea{font-size:.9375rem;line-height:1.5;overflow-wrap:anywhere;min-height:96px}
    .bad{--mat-form-field-outlined-outline-color:var(--la-out);--mat-form-field-outlined-focus-outline-color:var(--la-out);--mat-form-field-outlined-hover-outline-color:var(--la-out);--mat-form-field-outlined-label-text-color:var(--la-out);--mat-form-field-outlined-focus-label-text-color:var(--la-out)}
    .row{display:flex;gap:12px}.row>:last-child{flex:1}.kind{display:inline-flex;align-items:center;gap:6px;color:var(--la-in);font-weight:500}`,
})
export class CodeStep {
  private readonly bff = inject(Bff);
  private readonly box = viewChild.required<ElementRef<HTMLTextAreaElement>>('box');
  readonly code = model.required<string>();
  readonly decoded = output<Quote>();
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly pasteFailed = signal(false);
  protected readonly canPaste = !!navigator.clipboard?.readText;
  protected readonly read = computed(() => readPixInput(this.code()));
  protected readonly kind = computed(() => KIND[this.read().kind] ?? null);

  protected typed(text: string): void {
    this.code.set(text);
    this.problem.set(null);
  }
  protected async paste(): Promise<void> {
    try {
      this.typed(await navigator.clipboard.readText());
      this.pasteFailed.set(false);
    } catch {
      this.pasteFailed.set(true);
    }
    this.box().nativeElement.focus();
  }
  protected async send(ev?: Event): Promise<void> {
    ev?.preventDefault();
    if (this.busy()) return;
    if (this.read().kind === 'empty') {
      this.fail(ourProblem('PIX_BR_CODE_EMPTY'));
      return;
    }
    this.busy.set(true);
    this.problem.set(null);
    try {
      this.decoded.emit(await this.bff.decode(this.read().text));
    } catch (err) {
      this.fail(toProblem(err));
    } finally {
      this.busy.set(false);
    }
  }
  private fail(p: Problem): void {
    this.problem.set(p);
    this.box().nativeElement.focus();
  }
}
