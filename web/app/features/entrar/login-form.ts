import { Component, computed, inject, input, output, signal } from '@angular/core';
import { FormField, form, required, submit, validate } from '@angular/forms/signals';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatError, MatFormField, MatLabel, MatSuffix } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { isCpf, isEmail } from '#core/documents';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { Session } from '#core/session';
import { Icon } from '#ui/icon';
import { Notice } from '#ui/notice';
import { ProblemBox } from '#ui/problem-box';
import { leave, loginEnded } from './leave';
import { LogIn, spelled, type Way } from './log-in';

@Component({
  selector: 'la-login-form',
  imports: [FormField, MatButton, MatIconButton, MatError, MatFormField, MatLabel, MatSuffix, MatInput, Icon, Notice, ProblemBox, TPipe],
  templateUrl: './login-form.html',
  styleUrl: './form.scss',
})
export class LoginForm {
  readonly uid = input.required<string>();
  readonly swap = output();
  readonly forgot = output();
  /** What was just done, said above the form. */
  readonly told = input<string>('');
  /** The password was right, and a second step is owed. */
  readonly half = output<Way[]>();
  protected readonly logIn = inject(LogIn);
  private readonly i18n = inject(I18n);
  private readonly session = inject(Session);
  protected readonly model = signal({ login: '', password: '' });
  protected readonly f = form(this.model, (p) => {
    required(p.login, { message: 'common.required' });
    validate(p.login, ({ value }) =>
      value() && !isCpf(value()) && !isEmail(value().trim()) ? { kind: 'login', message: 'login.badLogin' } : undefined,
    );
    required(p.password, { message: 'common.required' });
  });
  protected readonly busy = signal(false);
  protected readonly visible = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly ended = computed(() => this.problem()?.code === 'IDENTITY_LOGIN_ENDED');

  protected err(e: readonly { message?: string }[]): string {
    return e[0]?.message ? this.i18n.t(e[0].message as Key) : '';
  }
  protected restart(): void {
    this.session.login('sign-in');
  }
  /** A passkey is the whole log-in: nothing is typed. */
  protected async passkey(): Promise<void> {
    if (this.busy()) return;
    this.problem.set(null);
    this.busy.set(true);
    try {
      leave((await this.logIn.passkey(this.uid())).redirectTo);
    } catch (err) {
      this.busy.set(false);
      this.problem.set(loginEnded(toProblem(err)));
    }
  }
  protected async send(ev: Event): Promise<void> {
    ev.preventDefault();
    if (this.busy()) return;
    this.problem.set(null);
    const valid = await submit(this.f, async () => {
      this.busy.set(true);
      const { login, password } = this.model();
      try {
        const { redirectTo, ways } = await this.logIn.password(this.uid(), { login: spelled(login.trim()), password });
        if (ways) this.half.emit(ways);
        else leave(redirectTo ?? '/');
      } catch (err) {
        this.busy.set(false);
        this.problem.set(loginEnded(toProblem(err)));
        this.model.update((m) => ({ ...m, password: '' }));
        this.f.password().reset();
        this.f.password().focusBoundControl();
      }
      return undefined;
    });
    if (!valid) this.f().errorSummary()[0]?.fieldTree().focusBoundControl();
  }
}
