import { Component, computed, type ElementRef, inject, input, model, viewChild } from '@angular/core';
import { MaskitoDirective } from '@maskito/angular';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { typedMoney } from '#core/masks';
import { type Minor, parseTyped } from '#core/money';
import { amountField } from './amount-field';
import { Icon } from './icon';
import './texts';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '00', '0'] as const;

/**
 * An amount at a counter: keys under the thumb, cents first as on every card machine, and one field for whoever has a keyboard or pastes. A phone's own keyboard
 * stays away from it.
 */
@Component({
  selector: 'la-amount-keypad',
  imports: [Icon, MaskitoDirective, TPipe],
  template: `<label class="shown"><span>{{ label() }}</span>
      <input #field class="num" inputmode="none" autocomplete="off" placeholder="R$ 0,00" [value]="text()" [maskito]="typed.mask" (input)="minor.set(parse(field.value))" [attr.aria-describedby]="typed.refused() ? id : null" [attr.data-testid]="testid()"></label>
    @if (typed.refused(); as r) {<p class="fault" role="alert" [id]="id">{{ i18n.t(r.key, { x: r.text }) }}</p>}
    <div class="keys" role="group" [attr.aria-label]="'pieces.keys' | t">
      @for (key of keys; track key) {<button type="button" (click)="press(key)" [attr.data-testid]="testid() + '-key-' + key">{{ key }}</button>}
      <button type="button" class="erase" [attr.aria-label]="'pieces.erase' | t" (click)="erase()"><la-icon name="erase" /></button>
    </div>`,
  styles: `:host{display:grid;gap:12px;min-width:0}.shown{display:grid;gap:2px;justify-items:center}.shown span{font-size:.875rem;color:var(--la-muted);font-weight:500}
    input{width:100%;border:0;border-radius:14px;padding:4px 8px;background:transparent;color:inherit;font:650 clamp(2.25rem,11vw,3.25rem)/1.15 Inter,system-ui,sans-serif;letter-spacing:-.03em;text-align:center}
    input::placeholder{color:var(--la-muted);opacity:.75}.fault{font-size:.875rem;color:var(--la-out);text-align:center}
    .keys{display:grid;grid-template-columns:repeat(3,1fr);gap:8px}
    button{min-height:52px;border:1px solid var(--la-line);border-radius:14px;background:var(--la-card);color:inherit;font:600 1.375rem/1 Inter,system-ui,sans-serif;font-variant-numeric:tabular-nums;cursor:pointer;touch-action:manipulation}
    @media(max-height:760px){button{min-height:46px}}
    button:hover{background:var(--la-soft)}button:active{background:color-mix(in srgb,var(--mat-sys-primary) 18%,var(--la-card))}.erase{display:grid;place-items:center;color:var(--la-muted)}`,
})
export class AmountKeypad {
  protected readonly i18n = inject(I18n);
  readonly label = input.required<string>();
  /** Whole centavos. */
  readonly minor = model<Minor>('0');
  readonly testid = input('amount');
  protected readonly keys = KEYS;
  protected readonly id = 'amount-fault';
  protected readonly typed = amountField();
  protected readonly text = computed(() => typedMoney(this.minor()));
  private readonly field = viewChild.required<ElementRef<HTMLInputElement>>('field');

  protected parse(text: string): Minor {
    return parseTyped(text);
  }
  protected press(key: string): void {
    this.minor.set(parseTyped(typedMoney((this.minor() === '0' ? '' : this.minor()) + key)));
  }
  protected erase(): void {
    this.minor.update((now) => now.slice(0, -1) || '0');
  }
  /** For whoever has keys: where the amount is typed. */
  focus(): void {
    this.field().nativeElement.focus();
  }
}
