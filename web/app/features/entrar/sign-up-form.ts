import { Component, computed, inject, input, output, signal } from '@angular/core';
import { FormField, form, maxLength, required, submit, validate } from '@angular/forms/signals';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel, MatSuffix } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MaskitoDirective } from '@maskito/angular';
import { Api } from '#core/api';
import { isCpf, isEmail } from '#core/documents';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { IntentKey } from '#core/intent';
import { CPF_MASK, looksCnpj } from '#core/masks';
import { type Problem, toProblem } from '#core/problem';
import { Session } from '#core/session';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { leave, loginEnded } from './leave';
import { passwordRules } from './password-rules';

type FieldName = 'name' | 'cpf' | 'email' | 'password';
const FIELD_OF_CODE: Record<string, FieldName> = {
  IDENTITY_INVALID_CPF: 'cpf',
  IDENTITY_COMPANY_LATER: 'cpf',
  IDENTITY_INVALID_EMAIL: 'email',
  IDENTITY_INVALID_NAME: 'name',
  IDENTITY_WEAK_PASSWORD: 'password',
};

@Component({
  selector: 'la-sign-up-form',
  imports: [
    FormField,
    MatButton,
    MatIconButton,
    MatError,
    MatFormField,
    MatHint,
    MatLabel,
    MatSuffix,
    MatInput,
    MaskitoDirective,
    Icon,
    ProblemBox,
    TPipe,
  ],
  templateUrl: './sign-up-form.html',
  styleUrl: './form.scss',
})
export class SignUpForm {
  readonly uid = input.required<string>();
  readonly swap = output();
  private readonly api = inject(Api);
  private readonly i18n = inject(I18n);
  private readonly session = inject(Session);
  private readonly intent = new IntentKey();
  protected readonly cpfMask = CPF_MASK;
  protected readonly model = signal({ name: '', cpf: '', email: '', password: '' });
  protected readonly f = form(this.model, (p) => {
    for (const field of [p.name, p.cpf, p.email, p.password]) required(field, { message: 'common.required' });
    maxLength(p.name, 120);
    maxLength(p.password, 128);
    validate(p.name, ({ value }) => (value() && !/^\s*\S+\s+\S/.test(value()) ? { kind: 'name', message: 'signUp.badName' } : undefined));
    validate(p.cpf, ({ value }) => {
      if (!value() || isCpf(value())) return undefined;
      return { kind: 'cpf', message: looksCnpj(value()) ? 'signUp.company' : 'signUp.badCpf' };
    });
    validate(p.email, ({ value }) => (value() && !isEmail(value().trim()) ? { kind: 'email', message: 'signUp.badEmail' } : undefined));
    validate(p.password, ({ value }) =>
      value() && this.rules().some((r) => !r.ok) ? { kind: 'password', message: 'signUp.badPassword' } : undefined,
    );
  });
  protected readonly rules = computed(() => passwordRules(this.model().password, this.model()));
  protected readonly busy = signal(false);
  protected readonly visible = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly ended = computed(() => this.problem()?.code === 'IDENTITY_LOGIN_ENDED');

  /** Our own messages are keys; the server's are words already. */
  protected err(e: readonly { kind: string; message?: string }[]): string {
    const first = e[0];
    return first?.message ? (first.kind === 'server' ? first.message : this.i18n.t(first.message as Key)) : '';
  }
  protected restart(): void {
    this.session.login('sign-up');
  }
  protected async send(ev: Event): Promise<void> {
    ev.preventDefault();
    if (this.busy()) return;
    this.problem.set(null);
    const valid = await submit(this.f, async () => {
      const m = this.model();
      const body = {
        name: m.name.trim().replace(/\s+/g, ' '),
        cpf: m.cpf.replace(/\D/g, ''),
        email: m.email.trim().toLowerCase(),
        password: m.password,
      };
      this.busy.set(true);
      try {
        const sent = { params: { uid: this.uid() }, key: this.intent.keyFor(body) };
        leave((await this.api.post('/entrar/{uid}/sign-up', body, sent)).redirectTo);
        return undefined;
      } catch (err) {
        this.busy.set(false);
        return this.place(loginEnded(toProblem(err)));
      }
    });
    if (!valid) this.f().errorSummary()[0]?.fieldTree().focusBoundControl();
  }
  /** A problem of one field goes to that field, the others above the form. */
  private place(p: Problem) {
    const field = FIELD_OF_CODE[p.code];
    if (field) return [{ fieldTree: this.f[field], kind: 'server', message: this.i18n.problem(p).text }];
    const told = Object.entries(p.fields).filter((e): e is [FieldName, string] => e[0] in this.model());
    if (told.length)
      return told.map(([name, message]) => ({ fieldTree: this.f[name], kind: 'server', message: message || this.i18n.problem(p).text }));
    this.problem.set(p);
    return undefined;
  }
}
