import { afterNextRender, Component, computed, inject, input, output, signal } from '@angular/core';
import { FormField, form, maxLength, required, submit, validate } from '@angular/forms/signals';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel, MatSuffix } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { isCpf, isEmail } from '#core/documents';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { Session } from '#core/session';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { loginEnded } from './leave';
import { LogIn } from './log-in';

const SHORTEST = 12;

/** A new password by a code sent by mail. What is shown is the same whether or not there is an account. */
@Component({
  selector: 'la-reset-form',
  imports: [FormField, MatButton, MatIconButton, MatError, MatFormField, MatHint, MatLabel, MatSuffix, MatInput, Icon, ProblemBox, TPipe],
  templateUrl: './reset-form.html',
  styleUrl: './form.scss',
})
export class ResetForm {
  readonly uid = input.required<string>();
  readonly swap = output();
  readonly done = output();
  private readonly logIn = inject(LogIn);
  private readonly i18n = inject(I18n);
  private readonly session = inject(Session);
  protected readonly name = signal({ login: '' });
  protected readonly n = form(this.name, (p) => {
    required(p.login, { message: 'common.required' });
    validate(p.login, ({ value }) =>
      value() && !isCpf(value()) && !isEmail(value().trim()) ? { kind: 'login', message: 'login.badLogin' } : undefined,
    );
  });
  protected readonly model = signal({ code: '', password: '' });
  protected readonly f = form(this.model, (p) => {
    required(p.code, { message: 'common.required' });
    required(p.password, { message: 'common.required' });
    maxLength(p.password, 128);
    validate(p.password, ({ value }) =>
      value() && [...value()].length < SHORTEST ? { kind: 'short', message: 'reset.nextHint' } : undefined,
    );
  });
  protected readonly asked = signal(false);
  protected readonly busy = signal(false);
  protected readonly visible = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly ended = computed(() => this.problem()?.code === 'IDENTITY_LOGIN_ENDED');

  constructor() {
    afterNextRender(() => document.querySelector<HTMLElement>('la-reset-form input')?.focus());
  }
  protected err(e: readonly { message?: string }[]): string {
    return e[0]?.message ? this.i18n.t(e[0].message as Key) : '';
  }
  protected restart(): void {
    this.session.login('sign-in');
  }
  protected async ask(ev: Event): Promise<void> {
    ev.preventDefault();
    const valid = await submit(this.n, async () => {
      await this.attempt(async () => {
        await this.logIn.askReset(this.uid(), this.name().login);
        this.asked.set(true);
        setTimeout(() => document.querySelector<HTMLElement>('la-reset-form h1')?.focus());
      });
      return undefined;
    });
    if (!valid) this.n().errorSummary()[0]?.fieldTree().focusBoundControl();
  }
  protected again(): void {
    this.asked.set(false);
    this.problem.set(null);
    this.model.set({ code: '', password: '' });
    this.f().reset();
  }
  protected async finish(ev: Event): Promise<void> {
    ev.preventDefault();
    const valid = await submit(this.f, async () => {
      const { code, password } = this.model();
      await this.attempt(async () => {
        await this.logIn.finishReset(this.uid(), code, password);
        this.done.emit();
      });
      return undefined;
    });
    if (!valid) this.f().errorSummary()[0]?.fieldTree().focusBoundControl();
  }
  private async attempt(step: () => Promise<void>): Promise<void> {
    if (this.busy()) return;
    this.problem.set(null);
    this.busy.set(true);
    try {
      await step();
    } catch (err) {
      this.problem.set(loginEnded(toProblem(err)));
    } finally {
      this.busy.set(false);
    }
  }
}
