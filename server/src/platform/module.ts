import type { Bus, Subscription } from './bus/bus.ts';
import type { Clock } from './clock.ts';
import type { Db } from './db/db.ts';
import type { Contract, Face } from './face/contract.ts';
import type { App, Caller } from './http/app.ts';
import type { Job } from './jobs/job.ts';
import type { Logger } from './log.ts';
import type { Queue, TaskQueue } from './queue/queue.ts';
import type { Metrics } from './telemetry/metrics.ts';
import type { Vault } from './vault/vault.ts';

/** What every module gets from the composition root. */
export type PlatformDeps = {
  db: Db;
  bus: Bus;
  clock: Clock;
  log: Logger;
  vault: Vault;
  metrics: Metrics;
};

/** What a module takes that puts work for one of many. */
export type QueueDeps = PlatformDeps & { queue: Queue };

/** Something that runs beside requests until it is stopped: a recovery loop, an expiry job. */
export type Worker = {
  name: string;
  start(): void;
  /** Stops taking work and waits for what is under way. */
  stop(): Promise<void>;
};

/** What a module gives back to the composition root. */
export type ModuleInstance<C extends Contract = Contract> = {
  name: string;
  /** Reachable by other modules, here or over HTTP. */
  face?: { contract: C; impl: Face<C> };
  /** Public routes, registered on the HTTP server with absolute paths. */
  routes?: (app: App) => Promise<void> | void;
  /** Of the one module that issues tokens: proves them where it lives. */
  verifyToken?: (token: string, address?: string) => Promise<Caller>;
  subscriptions?: readonly Subscription[];
  workers?: readonly Worker[];
  /** What one process of many does every so often, or daily. */
  jobs?: readonly Job[];
  /** Work put by `queue.put`, done by one process of many. */
  queues?: readonly TaskQueue[];
  /** Called last on shutdown, after workers and subscriptions stopped. */
  close?: () => Promise<void>;
};
