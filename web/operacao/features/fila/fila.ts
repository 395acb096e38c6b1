import { Component, computed, ElementRef, inject, viewChildren } from '@angular/core';
import { RouterLink } from '@angular/router';
import { type Answer, Api } from '#core/api';
import { Clock } from '#core/clock';
import { I18n, type Key } from '#core/i18n/i18n';
import { BrlPipe, TPipe } from '#core/i18n/pipes';
import { load } from '#core/load';
import { Empty } from '#ui/empty';
import { Icon } from '#ui/icon';
import { ProblemBox } from '#ui/problem-box';
import { ApprovalCard } from '../../approvals/approval-card';
import './texts';

type Waiting = Answer<'/bff/v1/desk/payments/waiting'>;
type Row = {
  id: string;
  to: string | null;
  what: string;
  isUrgent: boolean;
  amountMinor: string | null;
  since: string;
  trouble: string | null;
};

const POLL_MS = 10_000;
/** A screen that nobody touches stops asking before the session would have ended. */
const MOST_POLLS = 120;
const STATUS: Readonly<Record<string, Key>> = {
  'in-review': 'fila.inReview',
  disputed: 'fila.disputed',
  stuck: 'fila.stuck',
  unknown: 'fila.unknown',
};

/** All that waits for people, the oldest first; with the focus in the list, j and k or the arrows walk it, and Enter opens. */
@Component({
  selector: 'la-fila',
  imports: [RouterLink, Empty, Icon, ProblemBox, ApprovalCard, BrlPipe, TPipe],
  templateUrl: './fila.html',
  styleUrl: './fila.scss',
})
export class Fila {
  private readonly api = inject(Api);
  private readonly clock = inject(Clock);
  private readonly i18n = inject(I18n);
  private readonly links = viewChildren('link', { read: ElementRef<HTMLElement> });
  protected readonly waiting = load({
    of: () => 'waiting' as const,
    read: () => this.api.get('/bff/v1/desk/payments/waiting'),
    pollMs: (_data, _problem, polls) => (polls < MOST_POLLS ? POLL_MS : null),
  });
  protected readonly rows = computed(() => rowsOf(this.waiting.data()));
  /** Those about a payment are decided on its page. */
  protected readonly others = computed(() => (this.waiting.data()?.approvals ?? []).filter(({ about }) => !about.startsWith('pay_')));
  protected readonly askedAbout = computed(() => new Set((this.waiting.data()?.approvals ?? []).map(({ about }) => about)));

  protected amountOf(about: string): string | null {
    return this.rows().find(({ id }) => id === about)?.amountMinor ?? null;
  }
  protected wordOf(row: Row): string {
    const key = STATUS[row.what];
    return key ? this.i18n.t(key) : this.i18n.t(row.to === null && row.trouble !== null ? 'fila.difference' : 'fila.arrival');
  }
  /** How long it has been so, in the largest unit that says something. */
  protected age(since: string): string {
    const minutes = Math.max(0, Math.floor((this.clock.now() - Date.parse(since)) / 60_000));
    if (minutes < 60) return this.i18n.t('fila.minutes', { n: String(minutes) });
    return minutes < 2880
      ? this.i18n.t('fila.hours', { n: String(Math.floor(minutes / 60)) })
      : this.i18n.t('fila.days', { n: String(Math.floor(minutes / 1440)) });
  }
  protected pressed(event: KeyboardEvent): void {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = this.links().map(({ nativeElement }) => nativeElement);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

function rowsOf(waiting: Waiting | null): Row[] {
  if (!waiting) return [];
  const { payments, arrivals, differences } = waiting;
  const rows: Row[] = [
    ...payments.map(({ id, status, amountMinor, since, trouble }) => ({
      id,
      to: `/pagamento/${id}`,
      what: status,
      isUrgent: status !== 'unknown',
      amountMinor,
      since,
      trouble,
    })),
    ...arrivals.map(({ id, status, amountMinor, announcedMinor, since, returnRefusal }) => ({
      id,
      to: null,
      what: status,
      isUrgent: true,
      amountMinor: amountMinor ?? announcedMinor,
      since,
      trouble: returnRefusal,
    })),
    ...differences.map(({ id, kind, amountMinor, since }) => ({
      id,
      to: null,
      what: 'difference',
      isUrgent: true,
      amountMinor,
      since,
      trouble: kind,
    })),
  ];
  return rows.toSorted((a, b) => Number(b.isUrgent) - Number(a.isUrgent) || (a.since < b.since ? -1 : 1));
}
