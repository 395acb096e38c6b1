import { inject, Pipe, type PipeTransform } from '@angular/core';
import { HIDDEN_AMOUNT, type Minor } from '../money';
import { Prefs } from '../prefs';
import { I18n, type Key, type Params } from './i18n';

// Impure, so that a change of language or of "hide amounts" reaches every OnPush view: they read signals, which track them.
@Pipe({ name: 't', pure: false })
export class TPipe implements PipeTransform {
  private readonly i18n = inject(I18n);
  transform(k: Key, p?: Params): string {
    return this.i18n.t(k, p);
  }
}

/** Centavos as reais. 'shown' ignores "hide amounts": for what the person is about to confirm. */
@Pipe({ name: 'brl', pure: false })
export class BrlPipe implements PipeTransform {
  private readonly i18n = inject(I18n);
  private readonly prefs = inject(Prefs);
  transform(v: Minor | bigint, mode?: 'shown'): string {
    return mode !== 'shown' && this.prefs.hidden() ? HIDDEN_AMOUNT : this.i18n.money(v);
  }
}

/** A masked CPF, CNPJ or key with dots where something is hidden: an asterisk sits high on the line, and reads like a footnote. */
export const maskedText = (text: string): string => text.replace(/\*/g, '•');

@Pipe({ name: 'masked' })
export class MaskedPipe implements PipeTransform {
  transform(v: string): string {
    return maskedText(v);
  }
}

@Pipe({ name: 'dia', pure: false })
export class DiaPipe implements PipeTransform {
  private readonly i18n = inject(I18n);
  transform(d: string, o?: Intl.DateTimeFormatOptions): string {
    return this.i18n.date(d, o);
  }
}
