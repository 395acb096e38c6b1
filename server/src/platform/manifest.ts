import type { TSchema } from 'typebox';
import type { AdminCommand } from './admin.ts';
import type { Blobs } from './blob/blob.ts';
import type { Bus } from './bus/bus.ts';
import type { Clock } from './clock.ts';
import type { Parsed, Setting } from './config.ts';
import type { ErrorSpec } from './errors.ts';
import type { Contract, Face } from './face/contract.ts';
import type { App, Caller } from './http/app.ts';
import type { Method } from './http/pass-on.ts';
import type { Logger } from './log.ts';
import type { Inspector } from './machine/inspect.ts';
import type { Mailer } from './mail/mail.ts';
import type { ModuleInstance, PlatformDeps, QueueDeps } from './module.ts';
import type { OperatorRole } from './operator-roles.ts';
import type { Keeper, PersonalDataAbout } from './privacy/keeper.ts';
import type { Anchor } from './proof/anchors/anchor.ts';
import type { Contribution, Place, Screens, SessionGuard } from './screens.ts';
import type { Metrics } from './telemetry/metrics.ts';

/** What one module wants of another: its face, wherever that lives. `type` is for the compiler alone. */
export type Need<F = unknown> = { readonly optional: boolean; readonly type?: F };
export type Needs = Record<string, Need>;

/** A face this module cannot work without: `needs: { ledger: need<Ledger>() }`. */
export const need = <F>(): { readonly optional: false; readonly type?: F } => ({ optional: false });
/** A face this module works without, too; it is handed `undefined` where the installation has none. */
export const mayUse = <F>(): { readonly optional: true; readonly type?: F } => ({ optional: true });

export type FacesOf<N extends Needs> = {
  [K in keyof N]: N[K] extends { optional: true; type?: infer F } ? F | undefined : N[K] extends { type?: infer F } ? F : never;
};

/** What every module may know of the installation it is part of. */
export type Installation = {
  /** Origin people use; the issuer is this plus `/oidc`. */
  publicUrl: string;
  /** 32 bytes, from which secrets of our own are derived. */
  masterKey: Buffer;
  /** Demo tenants, sandboxes, plain http. */
  isDevelopment: boolean;
  /** Where statements of days are put on record outside. */
  anchors: readonly Anchor[];
  /** Scopes of all modules there are, those that a person's session has, and those of each role of operators. */
  scopes: { all: readonly string[]; people: readonly string[]; roles: Readonly<Record<OperatorRole, readonly string[]>> };
  /** Carries mail out; called from queues only. */
  mailer: Mailer;
  /** Tests: called at each crash point. */
  crashPoint?: ((name: string) => void) | undefined;
};

export type ModuleParts<N extends Needs, S extends Record<string, Setting>> = QueueDeps & {
  faces: FacesOf<N>;
  settings: Parsed<S>;
  installation: Installation;
  /** The BFF asks for what the modules of the installation add to it, for customers and for operators. */
  screens(guard: SessionGuard): Promise<Contribution[]>;
  desks(guard: SessionGuard): Promise<Contribution[]>;
  /** Files of the module. */
  blobs: Blobs;
  /** Every module that keeps something of people, for the one that looks after their rights. */
  keepers(): Keeper[];
};

/** What a module gets in the BFF's process to make its screens of: its face, here or elsewhere, and those it needs. */
export type ScreenParts<N extends Needs, C extends Contract> = {
  face: Face<C>;
  faces: FacesOf<N>;
  guard: SessionGuard;
  clock: Clock;
  installation: Installation;
};

/** Path prefix a module answers under; `methods` where it shares one with another module. */
export type PublicPath = string | { prefix: string; methods: readonly Method[] };

/** How a process without the module that issues tokens proves them. */
export type RemoteVerifier = { verify(token: string, address?: string): Promise<Caller>; close(): void };
export type RemoteVerifierParts = {
  publicUrl: string;
  /** Internal address of the issuing module, and its face there; absent when this process was not told. */
  url: string | undefined;
  face: unknown;
  bus: Pick<Bus, 'onBroadcast'>;
  now: () => number;
  log: Logger;
  metrics: Metrics;
};

/**
 * All that the rest of the house knows of a module. It is light to import: contract, events and errors are data, and the module's code is
 * loaded by `create`, where it lives.
 */
export type Manifest<N extends Needs, S extends Record<string, Setting>, C extends Contract> = {
  /** Also its folder, its schema, and the prefix of its event types. */
  name: string;
  /** Values are imported, and faces needed, from lower floors only. */
  floor: number;
  /** What it keeps, for the map of the house. */
  about: string;
  /** Its folder: `import.meta.dirname`. Migrations are in `migrations/` there. */
  folder: string;
  needs?: N;
  /** Environment variables it reads. Two modules may read the same one, if they say the same of it. */
  settings?: S;
  /** Prefixes of variables that are its own, beside its name: one of these that nobody knows is a typing error. */
  prefixes?: readonly string[];
  contract?: C;
  events?: Readonly<Record<string, TSchema>>;
  errors?: Readonly<Record<string, ErrorSpec>>;
  publicPaths?: readonly PublicPath[];
  /** What it keeps of people, with `personalDataOperations` in its contract; or why it keeps nothing. Every module says it. */
  personalData?: PersonalDataAbout;
  /** Scopes its routes ask for: those of people's sessions, and those that only services and operators get. */
  scopes?: Readonly<Record<string, 'person' | 'service'>>;
  /** Which operators have a scope of its own; a scope that is not named is no operator's. */
  operators?: Readonly<Record<string, readonly OperatorRole[]>>;
  create(parts: ModuleParts<N, S>): Promise<ModuleInstance<C>>;
  /** Its routes made of stand-ins, for the reference, where `create` wants a database. */
  describe?(standIn: unknown): Promise<(app: App) => unknown>;
  /** What it adds to `npm run admin`. */
  commands?(): Promise<Readonly<Record<string, AdminCommand>>>;
  /** Its long processes, for those who look after the installation; `wake` tells the processes that drive them. */
  machines?(parts: Pick<PlatformDeps, 'db' | 'bus' | 'clock'> & { wake: (machine: string) => void }): Promise<readonly Inspector[]>;
  /** What it adds to the browser's back end; asked for where the BFF lives. */
  screens?(parts: ScreenParts<N, C>): Promise<Screens>;
  /** Pages of the web app and cards of its home page that there are where this module is. */
  pages?: readonly Place[];
  cards?: readonly Place[];
  /** The same for the desk, where operators work: routes under `/bff/v1/desk`, with `auth: 'desk'`, and its pages. */
  desk?(parts: ScreenParts<N, C>): Promise<Screens>;
  deskPages?: readonly Place[];
  /** Of the one module that issues tokens. Its instance has `verifyToken`. */
  remoteVerifier?(parts: RemoteVerifierParts): Promise<RemoteVerifier>;
};

/** A module as the house sees it, whatever it needs. */
export type Module = Manifest<Needs, Record<string, Setting>, Contract>;

/** Written once in each module's `module.ts`; types of needs and settings reach `create` from here. */
export function defineModule<
  const N extends Needs = Record<never, never>,
  const S extends Record<string, Setting> = Record<never, never>,
  C extends Contract = Contract,
>(manifest: Manifest<N, S, C>): Module {
  return manifest as unknown as Module;
}
