import {
  afterNextRender,
  Component,
  computed,
  type ElementRef,
  effect,
  inject,
  input,
  linkedSignal,
  output,
  untracked,
  viewChild,
} from '@angular/core';
import { disabled, FormField, form, maxLength, submit, validate } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MaskitoDirective } from '@maskito/angular';
import { I18n, type Key } from '#core/i18n/i18n';
import { BrlPipe, DiaPipe, MaskedPipe, TPipe } from '#core/i18n/pipes';
import { typedMoney } from '#core/masks';
import { parseTyped, toMinor } from '#core/money';
import { amountField } from '#ui/amount-field';
import { Icon } from '#ui/icon';
import { Notice } from '#ui/notice';
import type { NewPayment, Quote } from '../../money/contract';

/** Who gets how much: the last look before money moves. The amount can be typed only when the code leaves it open. */
@Component({
  selector: 'la-review-step',
  imports: [
    FormField,
    MatButton,
    MatError,
    MatFormField,
    MatHint,
    MatLabel,
    MatInput,
    MaskitoDirective,
    Icon,
    Notice,
    BrlPipe,
    DiaPipe,
    TPipe,
    MaskedPipe,
  ],
  templateUrl: './review-step.html',
  styleUrl: './review-step.scss',
})
export class ReviewStep {
  private readonly i18n = inject(I18n);
  private readonly top = viewChild.required<ElementRef<HTMLElement>>('top');
  readonly quote = input.required<Quote>();
  /** Null as long as the balance is not known: then the server alone decides. */
  readonly available = input.required<string | null>();
  readonly busy = input(false);
  /** Something else is open first: a payment whose answer never came. */
  readonly blocked = input(false);
  /** What was typed here before a reload. */
  readonly kept = input({ amount: '', note: '' });
  readonly edited = output<{ amount: string; note: string }>();
  readonly confirmed = output<NewPayment>();
  readonly back = output();
  private readonly field = amountField();
  /** Why a pasted text was not taken, with the text. */
  protected readonly refused = this.field.refused;
  protected readonly brl = this.field.mask;
  protected readonly model = linkedSignal(() => {
    const { amountMinor, amountEditable } = this.quote();
    return { amount: amountEditable ? untracked(this.kept).amount : typedMoney(amountMinor ?? ''), note: untracked(this.kept).note };
  });
  protected readonly minor = computed(() =>
    this.quote().amountEditable ? parseTyped(this.model().amount) : (this.quote().amountMinor ?? '0'),
  );
  private readonly over = computed(() => this.available() != null && toMinor(this.minor()) > toMinor(this.available()!));
  protected readonly overFixed = computed(() => !this.quote().amountEditable && this.over());
  protected readonly f = form(this.model, (p) => {
    disabled(p.amount, { when: () => !this.quote().amountEditable });
    validate(p.amount, () =>
      toMinor(this.minor()) <= 0n ? { kind: 'zero', message: 'pay.zero' } : this.over() ? { kind: 'over', message: 'pay.over' } : undefined,
    );
    maxLength(p.note, 140);
  });

  constructor() {
    afterNextRender(() => this.top().nativeElement.focus());
    effect(() => this.edited.emit(this.model()));
  }
  protected err(e: readonly { message?: string }[]): string {
    return e[0]?.message ? this.i18n.t(e[0].message as Key, { v: this.i18n.money(this.available() ?? '0') }) : '';
  }
  protected async send(ev: Event): Promise<void> {
    ev.preventDefault();
    if (this.busy() || this.blocked() || this.overFixed()) return;
    const valid = await submit(this.f, async () => {
      const note = this.model().note.trim();
      this.confirmed.emit({ quoteId: this.quote().quoteId, amountMinor: this.minor(), ...(note ? { description: note } : {}) });
      return undefined;
    });
    if (!valid) this.f().errorSummary()[0]?.fieldTree().focusBoundControl();
  }
}
