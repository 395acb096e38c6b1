/** How far a session is. There is no row before it is opened, so that "closed" without more is one that was counted and closed. */
export const STATUSES = ['open', 'counting', 'closed', 'reviewed'] as const;
export type Status = (typeof STATUSES)[number];

export type Session = {
  status: Status;
  openedMs: number;
  /** Of the newest count. */
  countedMs: number | null;
  closedMs: number | null;
  openedBy: string;
  closedBy: string | null;
};

export type Refusal = 'closed' | 'being-counted' | 'before-opening' | 'not-counted' | 'not-closed' | 'own-session' | 'reviewed';

/**
 * Whether something that happened at `atMs` may be recorded. While the drawer is being counted only what happened before the count: it lay in the drawer when
 * that was counted, however late it is told.
 */
export function mayRecord(session: Session, atMs: number): Refusal | null {
  if (session.status === 'closed' || session.status === 'reviewed') return 'closed';
  if (atMs < session.openedMs) return 'before-opening';
  return session.status === 'counting' && atMs > session.countedMs! ? 'being-counted' : null;
}

export const mayCount = ({ status }: Session): Refusal | null => (status === 'closed' || status === 'reviewed' ? 'closed' : null);

/** Any difference is accepted: what is refused is to close a drawer that nobody counted. */
export function mayClose({ status }: Session): Refusal | null {
  if (status === 'closed' || status === 'reviewed') return 'closed';
  return status === 'open' ? 'not-counted' : null;
}

/** By somebody else than who stood at the drawer or closed it. */
export function mayReview({ status, openedBy, closedBy }: Session, by: string): Refusal | null {
  if (status === 'reviewed') return 'reviewed';
  if (status !== 'closed') return 'not-closed';
  return by === openedBy || by === closedBy ? 'own-session' : null;
}

/** Whether the session held the drawer at that moment. */
export const covers = ({ openedMs, closedMs }: Session, atMs: number): boolean =>
  openedMs <= atMs && (closedMs === null || atMs < closedMs);
