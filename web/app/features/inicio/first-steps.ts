import { Component, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { TPipe } from '#core/i18n/pipes';
import { Icon } from '#ui/icon';

/** Leads a newcomer from an empty account to the first payment; goes away when both are done. */
@Component({
  selector: 'la-first-steps',
  imports: [MatButton, RouterLink, Icon, TPipe],
  template: `<section class="card" aria-labelledby="h-first"><h2 id="h-first">{{ 'home.first' | t }}</h2>
    <ol>
      <li class="ok"><la-icon name="ok" /><div><b>{{ 'home.first1' | t }}<span class="sr-only"> ({{ 'home.stepDone' | t }})</span></b><p class="muted">{{ 'home.first1s' | t }}</p></div></li>
      <li [class.ok]="received()"><la-icon [name]="received() ? 'ok' : 'dashed'" /><div><b>{{ 'home.first2' | t }}<span class="sr-only"> ({{ (received() ? 'home.stepDone' : 'home.stepTodo') | t }})</span></b><p class="muted">{{ 'home.first2s' | t }}</p></div></li>
      <li [class.ok]="paid()"><la-icon [name]="paid() ? 'ok' : 'dashed'" /><div><b>{{ 'home.first3' | t }}<span class="sr-only"> ({{ (paid() ? 'home.stepDone' : 'home.stepTodo') | t }})</span></b><p class="muted">{{ 'home.first3s' | t }}</p>
        @if (received() && !paid() && mayPay()) {<a matButton routerLink="/pagar">{{ 'home.pay' | t }}</a>}</div></li>
    </ol></section>`,
  styles: `ol{list-style:none;padding:0;margin-top:14px;display:grid;grid-template-columns:repeat(3,1fr);gap:20px}
    li{display:flex;gap:12px}la-icon{color:var(--la-muted);width:22px;height:22px}.ok la-icon{color:var(--la-in)}b{font-weight:600}p{font-size:.8438rem}a{margin:4px 0 0 -12px}
    @media(max-width:900px){ol{grid-template-columns:1fr;gap:14px}}`,
})
export class FirstSteps {
  readonly received = input.required<boolean>();
  readonly paid = input.required<boolean>();
  readonly mayPay = input.required<boolean>();
}
