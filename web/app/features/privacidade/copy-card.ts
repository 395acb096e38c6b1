import { Component, computed, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { List } from '#ui/list';
import { Notice } from '#ui/notice';
import { shareFile } from '#ui/share';
import type { Proof, Ways } from '../../own-proof/own-proof';
import { ProveAgain } from '../../own-proof/prove-again';
import { type Copy, type Format, type Privacy, PrivacyApi } from './privacy-api';

/** What waits for the person's proof: a new copy, or the file of one there is. */
type Wish = { id: string; format: Format; at: string } | 'new';

/** A copy of everything: asked for, and taken away, each with a proof. */
@Component({
  selector: 'la-copy-card',
  imports: [MatButton, List, Notice, ProveAgain, TPipe],
  template: `<h2>{{ 'privacy.copy' | t }}</h2><p class="muted">{{ 'privacy.copyWhat' | t }}</p>
    <details><summary>{{ 'privacy.kept' | t }}</summary><ul class="kept">@for (one of state().kept; track one.module + one.part) {<li>{{ one.title[language()] }}</li>}</ul></details>
    @if (isMaking()) {<la-notice icon="clock" role="status" data-testid="copy-making" [heading]="'privacy.making' | t"><span>{{ 'privacy.makingText' | t }}</span></la-notice>}
    @if (ready().length) {
      <ul la-list ends>
        @for (one of ready(); track one.id) {
          <li data-testid="copy"><div><h3>{{ 'privacy.ready' | t: { t: i18n.moment(one.readyAt!) } }}</h3><p class="muted">{{ 'privacy.until' | t: { t: i18n.moment(one.expiresAt!) } }}</p></div>
            <div class="row">@for (format of formats; track format) {<button matButton type="button" [attr.data-testid]="'save-' + format" (click)="want(one, format)">{{ 'privacy.save' | t: { f: format.toUpperCase() } }}</button>}</div></li>
        }
      </ul>
    }
    @if (wish(); as wanted) {@if (ways(); as w) {<la-prove-again [state]="w" [change]="fulfil" (cancelled)="wish.set(null)" />}}
    @else if (!isMaking()) {<button matButton="outlined" class="do" type="button" data-testid="ask-copy" (click)="wish.set('new')">{{ 'privacy.ask' | t }}</button>}`,
  styles:
    ':host{display:grid;gap:12px}.row{display:flex;flex-wrap:wrap;gap:8px}.do{justify-self:start}summary{cursor:pointer;padding:6px 0}.kept{margin:4px 0 0;padding-inline-start:20px;columns:14rem}',
})
export class CopyCard {
  readonly state = input.required<Privacy>();
  readonly ways = input.required<Ways | null>();
  readonly changed = output();
  private readonly api = inject(PrivacyApi);
  protected readonly i18n = inject(I18n);
  protected readonly formats: readonly Format[] = ['pdf', 'json'];
  protected readonly language = computed(() => (this.i18n.lang() === 'pt-BR' ? 'pt' : 'en'));
  protected readonly wish = signal<Wish | null>(null);
  protected readonly ready = computed(() => this.state().exports.filter(({ readyAt }) => readyAt !== null));
  protected readonly isMaking = computed(() => this.state().exports.some(({ readyAt }) => readyAt === null));

  protected want({ id, readyAt }: Copy, format: Format): void {
    this.wish.set({ id, format, at: readyAt!.slice(0, 10) });
  }
  protected readonly fulfil = async (proof: Proof): Promise<void> => {
    const wish = this.wish();
    if (wish === 'new') await this.api.askCopy(proof);
    else if (wish) await shareFile(await this.api.file(wish.id, wish.format, proof), `dados-pessoais-${wish.at}.${wish.format}`);
    this.wish.set(null);
    this.changed.emit();
  };
}
