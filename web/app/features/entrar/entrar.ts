import { Component, computed, effect, inject, input, linkedSignal, signal } from '@angular/core';
import { TitleStrategy } from '@angular/router';
import { I18n, type Key, type Pair } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { Session } from '#core/session';
import type { TranslatedTitle } from '#core/title';
import { Brand } from '#ui/brand';
import { FORM_DEFAULTS } from '#ui/form-defaults';
import { Notice } from '#ui/notice';
import { PrefsBar } from '#ui/prefs-bar';
import { LogIn, type Way } from './log-in';
import { LoginForm } from './login-form';
import { ResetForm } from './reset-form';
import { SecondStep } from './second-step';
import { SignUpForm } from './sign-up-form';
import './texts';

const SIGN_IN: Pair = ['Entrar', 'Sign in'];
const RESET: Pair = ['Nova senha', 'New password'];
/** Faces of the page. */
type Face = 'sign-in' | 'sign-up' | 'reset';
const SIGN_UP: Pair = ['Criar conta', 'Create account'];

/** The log-in of the issuer: `uid` is the OIDC interaction. Log-in and sign-up are two faces of the same interaction. */
@Component({
  selector: 'la-entrar',
  imports: [Brand, Notice, PrefsBar, LoginForm, ResetForm, SecondStep, SignUpForm, TPipe],
  providers: [FORM_DEFAULTS],
  templateUrl: './entrar.html',
  styleUrl: './entrar.scss',
})
export class Entrar {
  readonly uid = input.required<string>();
  readonly screen = input<string>();
  private readonly title = inject(TitleStrategy) as TranslatedTitle;
  protected readonly ended = inject(Session).takeEnd();
  protected readonly endKey = this.ended && (`session.ended.${this.ended}` satisfies Key);
  protected readonly mode = linkedSignal<Face>(() => (this.screen() === 'sign-up' ? 'sign-up' : 'sign-in'));
  protected readonly isUp = computed(() => this.mode() === 'sign-up');

  protected readonly told = signal('');
  private readonly i18n = inject(I18n);
  /** Ways of the second step, once it is owed. */
  protected readonly ways = signal<readonly Way[]>([]);

  constructor() {
    const logIn = inject(LogIn);
    effect(() => void logIn.waysOwed(this.uid()).then((ways) => this.ways.set(ways)));
    effect(() => this.title.show({ 'sign-in': SIGN_IN, 'sign-up': SIGN_UP, reset: RESET }[this.mode()]));
  }
  /** The password is another one: the log-in goes on with it. */
  protected changed(): void {
    this.show('sign-in');
    this.told.set(this.i18n.t('reset.done'));
  }
  protected show(mode: Face): void {
    this.told.set('');
    this.mode.set(mode);
    // The other form is a new place for a screen reader too.
    setTimeout(() => document.querySelector<HTMLElement>('la-entrar h1')?.focus());
  }
}
