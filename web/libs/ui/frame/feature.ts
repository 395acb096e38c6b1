import { InjectionToken, inject, type Type } from '@angular/core';
import type { CanMatchFn, Route, Routes } from '@angular/router';
import type { Account, Action } from '#core/accounts';
import type { Pair } from '#core/i18n/texts';
import { Session } from '#core/session';
import type { IconName } from '#ui/icon';

/** What a feature adds to the project it is in: its pages, and its place in the menu. A folder, and a line in the project's `features/index.ts`. */
export type Feature = {
  /** As the server names the page; also the first part of its address. Where the server does not name it, it is not there. */
  page: string;
  /** Absent: one comes here from other pages. */
  menu?: { icon: IconName; label: Pair };
  /** What of an account one must be allowed to have it in the menu; the server decides anyway. */
  asks?: Action;
  /** It is a page of another project: its address for an account, as links name it. Such a feature has no routes. */
  leads?: (account: string | null) => string;
  /** Of which accounts it is in the menu; of all when absent. */
  isFor?: (account: Account | null) => boolean;
  /** A card of the home page, by the name that the server gives it; it gets what the home page read, as `home`. */
  card?: { name: string; load: () => Promise<Type<unknown>> };
  routes: readonly (Route & { data: { title: Pair } })[];
};

/** All features of the project, for its frame. */
export const FEATURES = new InjectionToken<readonly Feature[]>('features of the project');

export const defineFeature = (feature: Feature): Feature => feature;

/** A page of a module that this installation has not, or that this person may not see, is as unknown as a mistyped address. */
const isThere = (page: string): CanMatchFn => {
  return async () => {
    const session = inject(Session);
    try {
      await session.load();
    } catch {
      return true;
    }
    return session.has(page);
  };
};

export const routesOf = (features: readonly Feature[]): Routes =>
  features.flatMap(({ page, routes }) => routes.map((route) => ({ ...route, canMatch: [isThere(page)] })));
