import { computed, Injectable, inject, signal } from '@angular/core';
import { ActingAccount } from './account';
import { type Answer, Api } from './api';
import { Live } from './live/live';
import { Session } from './session';

export type Account = Answer<'/bff/v1/accounts'>['accounts'][number];
export type Action = Account['actions'][number];

declare module '#core/live/live' {
  interface LiveEvents {
    /** The person may do something else on an account, or nothing more. */
    membership: { accountId: string; left: boolean };
  }
}

/** The accounts on which the person acts, and what they may do on the one that this tab shows. */
@Injectable({ providedIn: 'root' })
export class Accounts {
  private readonly api = inject(Api);
  private readonly acting = inject(ActingAccount);
  private readonly session = inject(Session);
  private begun = false;
  /** Null as long as nobody told. */
  readonly all = signal<readonly Account[] | null>(null);
  readonly shownId = computed(() => this.acting.named ?? this.session.person()?.id ?? null);
  readonly current = computed(() => this.all()?.find(({ accountId }) => accountId === this.shownId()) ?? null);
  /** The tab shows an account on which the person does not act, or not any more. */
  readonly isStranger = computed(() => this.acting.named !== null && this.all() !== null && this.current() === null);
  readonly isOwn = computed(() => this.acting.named === null);
  readonly ownName = computed(() => this.session.person()?.name ?? '');
  private readonly live = inject(Live);

  /** On another account than the own first one it is read at once what the person may do there; else when somebody looks at the list. */
  begin(): void {
    if (this.begun) return;
    this.begun = true;
    this.live.events.subscribe((event) => {
      if (event.type === 'membership') void this.reload();
    });
    if (this.acting.named) void this.reload();
  }
  /** When they cannot be had, what was known stays: the server decides anyway. */
  async reload(): Promise<void> {
    try {
      this.all.set((await this.api.get('/bff/v1/accounts')).accounts);
    } catch {
      // The screens say by themselves what is out of reach.
    }
  }
  /** Whether a screen should offer it; as long as nobody told, only what everybody may on their own account. */
  may(action: Action): boolean {
    return this.current()?.actions.includes(action) ?? this.acting.named === null;
  }
  /** How the account is called on screens; the person's own first one goes by the person's name. */
  nameOf({ name, label }: Account): string {
    return label ?? name ?? this.session.person()?.name ?? '';
  }
  /** As links name it: null for the person's own first one. */
  linkOf({ accountId }: Account): string | null {
    return accountId === this.session.person()?.id ? null : accountId;
  }
}
