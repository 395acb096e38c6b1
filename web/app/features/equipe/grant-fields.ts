import { Component, computed, input, model } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MaskitoDirective } from '@maskito/angular';
import type { Account } from '#core/accounts';
import type { Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { parseTyped } from '#core/money';
import { amountField } from '#ui/amount-field';
import { Segmented } from '#ui/segmented';

/** A role and its limits as they are being chosen; amounts as typed. */
export type Grant = { role: Account['role']; perPayment: string; perDay: string };
export const NEW_GRANT: Grant = { role: 'operator', perPayment: '', perDay: '' };
const ROLES = ['operator', 'accountant', 'viewer', 'owner'] as const;

const limitOf = (typed: string): string | null => {
  const minor = parseTyped(typed);
  return minor === '0' ? null : minor;
};
/** As the server wants it. Only whoever pays has limits. */
export const grantBody = ({ role, perPayment, perDay }: Grant) => ({
  role,
  limits:
    role === 'operator'
      ? { perPaymentMinor: limitOf(perPayment), perDayMinor: limitOf(perDay) }
      : { perPaymentMinor: null, perDayMinor: null },
});

/** What somebody may do, and up to how much. */
@Component({
  selector: 'la-grant-fields',
  imports: [FormsModule, MatFormField, MatHint, MatLabel, MatInput, MaskitoDirective, Segmented, TPipe],
  template: `<div><p class="l" aria-hidden="true">{{ 'team.role' | t }}</p><la-segmented label="team.role" [options]="roles" [value]="grant().role" (valueChange)="set({ role: $any($event) })" [testid]="prefix() + 'role'" />
      <p class="muted small" aria-live="polite">{{ can() | t }}</p></div>
    @if (grant().role === 'operator') {
      <div class="two">
        <mat-form-field><mat-label>{{ 'team.paymentLimit' | t }}</mat-label>
          <input matInput class="num" [ngModel]="grant().perPayment" (ngModelChange)="set({ perPayment: $event })" [ngModelOptions]="{ standalone: true }" [maskito]="paymentMask" inputmode="numeric" autocomplete="off" placeholder="R$ 0,00" [attr.data-testid]="prefix() + 'per-payment'">
          <mat-hint>{{ 'team.limitHint' | t }}</mat-hint></mat-form-field>
        <mat-form-field><mat-label>{{ 'team.dayLimit' | t }}</mat-label>
          <input matInput class="num" [ngModel]="grant().perDay" (ngModelChange)="set({ perDay: $event })" [ngModelOptions]="{ standalone: true }" [maskito]="dayMask" inputmode="numeric" autocomplete="off" placeholder="R$ 0,00" [attr.data-testid]="prefix() + 'per-day'">
          <mat-hint>{{ 'team.limitHint' | t }}</mat-hint></mat-form-field>
      </div>
    }`,
  styles:
    ':host{display:grid;gap:14px}.l{margin:0 0 6px;font-size:.875rem;font-weight:550}.small{margin-top:6px}.two{display:grid;gap:14px;grid-template-columns:repeat(auto-fit,minmax(min(100%,200px),1fr))}',
})
export class GrantFields {
  readonly grant = model.required<Grant>();
  /** Of the test ids, where two stand on one page. */
  readonly prefix = input('');
  protected readonly paymentMask = amountField().mask;
  protected readonly dayMask = amountField().mask;
  protected readonly roles = ROLES.map((value) => ({ value, key: `accounts.role.${value}` as Key }));
  protected readonly can = computed<Key>(() => `team.can.${this.grant().role}`);

  protected set(part: Partial<Grant>): void {
    this.grant.update((before) => ({ ...before, ...part }));
  }
}
