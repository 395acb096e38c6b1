import { Component, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { Session } from '#core/session';
import { FORM_DEFAULTS } from '#ui/form-defaults';
import { List } from '#ui/list';
import { Notice } from '#ui/notice';
import { ProblemBox } from '#ui/problem-box';
import { DevicesCard } from './devices-card';
import { EmailCard } from './email-card';
import { FactorsCard } from './factors-card';
import { LockCard } from './lock-card';
import { PasswordCard } from './password-card';
import { type OwnDevice, type OwnSession, SecurityApi, type SecurityState } from './security-api';
import './texts';

const NOTES = new Set([
  'password-changed',
  'password-reset',
  'email-verified',
  'account-locked',
  'unlock-asked',
  'totp-added',
  'totp-removed',
  'passkey-added',
  'passkey-removed',
  'recovery-codes-made',
  'recovery-code-used',
  'device-new',
  'device-known',
  'device-forgotten',
]);

/** How the person logs in, where they are in, and what changed in it. */
@Component({
  selector: 'la-seguranca',
  imports: [MatButton, Notice, ProblemBox, DevicesCard, EmailCard, FactorsCard, List, LockCard, PasswordCard, TPipe],
  providers: [FORM_DEFAULTS],
  templateUrl: './seguranca.html',
  styleUrl: './seguranca.scss',
})
export class Seguranca {
  private readonly api = inject(SecurityApi);
  protected readonly i18n = inject(I18n);
  protected readonly session = inject(Session);
  protected readonly state = signal<SecurityState | null>(null);
  protected readonly sessions = signal<OwnSession[]>([]);
  protected readonly devices = signal<OwnDevice[]>([]);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly ending = signal<string | null>(null);

  constructor() {
    void this.load();
  }
  protected async load(): Promise<void> {
    this.problem.set(null);
    try {
      const [state, sessions, devices] = await Promise.all([this.api.state(), this.api.sessions(), this.api.devices()]);
      this.state.set(state);
      this.devices.set(devices);
      this.sessions.set(sessions);
    } catch (err) {
      this.problem.set(toProblem(err));
    }
  }
  protected nameOf({ browser, system, kind }: OwnSession): string {
    const known = [browser, system].filter((one) => one !== null).join(' · ');
    return known || this.i18n.t(`security.kind.${kind}`);
  }
  protected noteOf = (kind: string): Key => (NOTES.has(kind) ? `security.note.${kind}` : 'security.note.other') as Key;
  protected end(one: OwnSession): Promise<void> {
    return this.endBy(one.id, () => this.api.endSession(one.id));
  }
  protected endOthers(): Promise<void> {
    return this.endBy('others', () => this.api.endOthers());
  }
  private async endBy(id: string, call: () => Promise<unknown>): Promise<void> {
    if (this.ending()) return;
    this.ending.set(id);
    try {
      await call();
      await this.load();
    } catch (err) {
      this.problem.set(toProblem(err));
    } finally {
      this.ending.set(null);
    }
  }
}
