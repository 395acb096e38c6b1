import { Component, inject, input, signal } from '@angular/core';
import { MatIconButton } from '@angular/material/button';
import { I18n, type Key } from '#core/i18n/i18n';
import { Icon } from './icon';

/** Copies `text`, says so to eye and ear for two seconds. */
@Component({
  selector: 'la-copy',
  imports: [MatIconButton, Icon],
  template: `<button matIconButton type="button" [attr.aria-label]="i18n.t(label())" [attr.data-testid]="testid()" (click)="copy()"><la-icon [name]="state() === 'done' ? 'check' : 'copy'" /></button>
    <span class="said" [class.sr-only]="state() === 'idle'" role="status">{{ state() === 'done' ? i18n.t('common.copied') : state() === 'failed' ? i18n.t('common.copyFailed') : '' }}</span>`,
  styles: ':host{display:inline-flex;align-items:center;gap:4px}.said{font-size:.8125rem;font-weight:500}',
})
export class CopyButton {
  protected readonly i18n = inject(I18n);
  readonly text = input.required<string>();
  readonly label = input<Key>('common.copy');
  readonly testid = input<string>();
  protected readonly state = signal<'idle' | 'done' | 'failed'>('idle');

  protected async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.text());
      this.state.set('done');
    } catch {
      this.state.set('failed');
    }
    setTimeout(() => this.state.set('idle'), 2000);
  }
}
