import { Component, computed, inject, input } from '@angular/core';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { toMinor } from '#core/money';
import { Prefs } from '#core/prefs';
import { CopyButton } from '#ui/copy-button';
import { Icon } from '#ui/icon';
import type { Home } from '../../money/contract';

@Component({
  selector: 'la-balance-card',
  imports: [CopyButton, Icon, BrlPipe, TPipe],
  template: `@let h = home();
    <section aria-labelledby="h-balance">
      <h2 id="h-balance">{{ 'home.balance' | t }}</h2>
      @if (h.account.status === 'open') {
        <p class="v num" data-testid="balance" aria-live="polite" [attr.data-minor]="h.balance.availableMinor">@if (prefs.hidden()) {<span class="sr-only">{{ 'prefs.hiddenAmount' | t }}</span><span aria-hidden="true">{{ h.balance.availableMinor | brl }}</span>} @else {{{ h.balance.availableMinor | brl }}}</p>
        @if (held()) {<p class="held"><la-icon name="lock" />{{ 'home.held' | t: { v: (h.balance.heldMinor | brl) } }}</p>}
      } @else {
        <p class="v"><span class="skel2">R$ 0.000,00</span></p>
      }
      <div class="foot">
        @if (h.account.pixKey; as key) {
          <div class="key"><span class="l">{{ 'pix.key' | t }}</span><span class="k" data-testid="pix-key">{{ key }}</span></div>
          <la-copy [text]="key" label="pix.copyKey" testid="copy-key" />
        }
      </div>
      @if (h.account.branch && h.account.number) {<p class="acc num">{{ 'home.account' | t: { b: h.account.branch, n: h.account.number } }}</p>}
    </section>`,
  styleUrl: './balance-card.scss',
})
export class BalanceCard {
  protected readonly prefs = inject(Prefs);
  readonly home = input.required<Home>();
  protected readonly held = computed(() => toMinor(this.home().balance.heldMinor) > 0n);
}
