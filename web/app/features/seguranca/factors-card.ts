import { Component, computed, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { I18n } from '#core/i18n/i18n';
import { TPipe } from '#core/i18n/pipes';
import { CopyButton } from '#ui/copy-button';
import { List } from '#ui/list';
import { Notice } from '#ui/notice';
import type { Proof } from '../../own-proof/own-proof';
import { ProveAgain } from '../../own-proof/prove-again';
import { type Passkey, SecurityApi, type SecurityState } from './security-api';
import { TotpSetup } from './totp-setup';

/** Second factors: authenticator app, passkeys, recovery codes. Each change asks for a fresh proof first. */
@Component({
  selector: 'la-factors-card',
  imports: [MatButton, CopyButton, List, Notice, ProveAgain, TotpSetup, TPipe],
  templateUrl: './factors-card.html',
  styleUrl: './factors-card.scss',
})
export class FactorsCard {
  readonly state = input.required<SecurityState>();
  readonly changed = output();
  protected readonly api = inject(SecurityApi);
  protected readonly i18n = inject(I18n);
  /** What waits for a proof, by the test id of the button that began it. */
  protected readonly pending = signal<{ id: string; change: (proof: Proof) => Promise<void> } | null>(null);
  protected readonly setup = signal<{ secret: string; uri: string } | null>(null);
  /** Shown once, here. */
  protected readonly codes = signal<string[] | null>(null);
  protected readonly codesText = computed(() => (this.codes() ?? []).join('\n'));
  protected readonly hasFactor = computed(() => this.state().totpSince !== null || this.state().passkeys.length > 0);

  protected ask(id: string, change: (proof: Proof) => Promise<void>): void {
    this.setup.set(null);
    this.codes.set(null);
    this.pending.set({
      id,
      change: async (proof) => {
        await change(proof);
        this.pending.set(null);
        this.changed.emit();
      },
    });
  }
  protected addTotp(): void {
    this.ask('add-totp', async (proof) => this.setup.set(await this.api.beginTotp(proof)));
  }
  protected removeTotp(): void {
    this.ask('remove-totp', async (proof) => void (await this.api.removeTotp(proof)));
  }
  protected addPasskey(): void {
    this.ask('add-passkey', async (proof) => this.codes.set((await this.api.addPasskey(proof)).recoveryCodes));
  }
  protected removePasskey({ id }: Passkey): void {
    this.ask(`remove-${id}`, async (proof) => void (await this.api.removePasskey(id, proof)));
  }
  protected newCodes(): void {
    this.ask('new-codes', async (proof) => this.codes.set((await this.api.newCodes(proof)).recoveryCodes));
  }
  protected confirmed(codes: string[] | null): void {
    this.setup.set(null);
    this.codes.set(codes);
    this.changed.emit();
  }
}
