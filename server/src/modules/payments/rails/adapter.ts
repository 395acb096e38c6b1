import type { TObject } from 'typebox';
import type { Capabilities, Rail } from './port.ts';

/** What a connection hands its adapter. */
export type Opening = {
  /** Of the connection, checked against the adapter's schema. */
  settings: Record<string, unknown>;
  /** By the names the adapter gives them; the connection's row has references only. */
  secrets: Readonly<Record<string, string>>;
  /** Limit of one call. */
  timeoutMs: number;
  /** How long a call may wait for its turn. */
  queueMs: number;
  /** What differs from the adapter's own; tests want short times. */
  capabilities?: Partial<Capabilities>;
};

/** One way to speak to a kind of provider. */
export type Adapter = {
  id: string;
  about: string;
  /** What a connection of it is set up with. Secrets are not among it. */
  settings: TObject;
  /** Secrets it needs, and those it takes. */
  secrets: { needed: readonly string[]; taken: readonly string[] };
  open(opening: Opening): Rail;
};

/** Whatever an adapter says, a request of ours may still be on its way for as long as it may wait and take. */
export function withinReach(own: Capabilities, { capabilities, queueMs, timeoutMs }: Omit<Opening, 'settings' | 'secrets'>): Capabilities {
  const all = { ...own, ...capabilities };
  const { notFoundFinalAfterMs: finalMs } = all;
  return { ...all, notFoundFinalAfterMs: finalMs === null ? null : Math.max(finalMs, queueMs + timeoutMs) };
}
