import { Component, computed, inject, input, output, signal } from '@angular/core';
import { FormField, form, required, submit } from '@angular/forms/signals';
import { MatButton } from '@angular/material/button';
import { MatError, MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { I18n, type Key } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { type Problem, toProblem } from '#core/problem';
import { List } from '#ui/list';
import { Notice } from '#ui/notice';
import { ProblemBox } from '#ui/problem-box';
import type { Proof } from '../../own-proof/own-proof';
import { ProveAgain } from '../../own-proof/prove-again';
import { type OwnDevice, SecurityApi, type SecurityState } from './security-api';

/** The devices a person has logged in on: which are known, how a new one becomes so, and the end of one. */
@Component({
  selector: 'la-devices-card',
  imports: [FormField, MatButton, MatError, MatFormField, MatHint, MatLabel, MatInput, List, Notice, ProblemBox, ProveAgain, TPipe],
  templateUrl: './devices-card.html',
  styles:
    ':host{display:grid;gap:12px}form{display:grid;gap:14px;max-width:26rem}.row{display:flex;flex-wrap:wrap;gap:8px}li .row{margin-top:8px}.tag{margin-inline-start:8px;font-size:.8125rem;font-weight:550;color:var(--la-in)}',
})
export class DevicesCard {
  readonly state = input.required<SecurityState>();
  readonly devices = input.required<OwnDevice[]>();
  readonly changed = output();
  private readonly api = inject(SecurityApi);
  protected readonly i18n = inject(I18n);
  protected readonly step = signal<'none' | 'factor' | 'code'>('none');
  protected readonly forgetting = signal<string | null>(null);
  protected readonly busy = signal(false);
  protected readonly problem = signal<Problem | null>(null);
  protected readonly isNew = computed(() => this.devices().some(({ current, knownSince }) => current && knownSince === null));
  protected readonly hasFactor = computed(() => this.state().totpSince !== null || this.state().passkeys.length > 0);
  protected readonly model = signal({ code: '' });
  protected readonly f = form(this.model, (p) => required(p.code, { message: 'common.required' }));
  protected readonly recognise = async (proof: Proof): Promise<void> => {
    await this.api.recogniseDevice(proof);
    this.step.set('none');
    this.changed.emit();
  };

  protected nameOf({ browser, system, kind }: OwnDevice): string {
    const known = [browser, system].filter((one) => one !== null).join(' · ');
    return known || this.i18n.t(`security.kind.${kind}`);
  }
  protected err(e: readonly { message?: string }[]): string {
    return e[0]?.message ? this.i18n.t(e[0].message as Key) : '';
  }
  protected forget(id: string): Promise<void> {
    return this.attempt(async () => {
      await this.api.forgetDevice(id);
      this.forgetting.set(null);
      this.changed.emit();
    });
  }
  protected sendCode(): Promise<void> {
    return this.attempt(async () => {
      await this.api.sendDeviceCode();
      this.step.set('code');
    });
  }
  protected async confirm(ev: Event): Promise<void> {
    ev.preventDefault();
    await submit(this.f, async () => {
      await this.attempt(async () => {
        await this.api.confirmDevice(this.model().code);
        this.step.set('none');
        this.changed.emit();
      });
      return undefined;
    });
  }
  private async attempt(step: () => Promise<void>): Promise<void> {
    if (this.busy()) return;
    this.problem.set(null);
    this.busy.set(true);
    try {
      await step();
    } catch (err) {
      this.problem.set(toProblem(err));
    } finally {
      this.busy.set(false);
    }
  }
}
