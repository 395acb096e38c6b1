/** The whole installation as processes of the storm's own: Postgres, the provider, a server with the doors, and a worker beside it. */
import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { deleteEmbeddedPostgres } from '../../../src/platform/embedded-postgres/index.ts';
import { type OwnPostgres, startOwnPostgres } from '../../support/own-postgres.ts';
import {
  freePort,
  NO_PROOFS,
  type RunningProcess,
  type SandboxProcess,
  startSandboxProcess,
  startServerProcess,
} from '../../support/running-platform.ts';

export type Victim = 'server' | 'worker' | 'provider' | 'postgres';

type Starts = { sandbox(): Promise<SandboxProcess>; server(): Promise<RunningProcess>; worker(): Promise<RunningProcess> };

export class Stage {
  readonly baseUrl: string;
  readonly database: OwnPostgres;
  /** How often each was killed. */
  readonly killed: Record<Victim, number> = { server: 0, worker: 0, provider: 0, postgres: 0 };
  #sandbox: SandboxProcess;
  #server: RunningProcess;
  #worker: RunningProcess;
  #start: Starts;
  /** Put back after the provider was killed: its switches live in its memory. */
  #faults: object = {};

  private constructor(baseUrl: string, database: OwnPostgres, start: Starts, running: [SandboxProcess, RunningProcess, RunningProcess]) {
    this.baseUrl = baseUrl;
    this.database = database;
    this.#start = start;
    [this.#sandbox, this.#server, this.#worker] = running;
  }

  /** `folder` must be where Postgres' own user can pass through; an earlier storm's Postgres there is deleted. */
  static async open(folder: string, env: Record<string, string>): Promise<Stage> {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
    const dataDir = path.join(folder, 'postgres');
    // Of a storm that was itself killed.
    await deleteEmbeddedPostgres(dataDir);
    const database = await startOwnPostgres(dataDir);
    const [port, internal, provider] = [await freePort(), await freePort(), await freePort()];
    const sandboxUrl = `http://127.0.0.1:${provider}`;
    const inServer = { databaseUrl: database.appUrl, port, sandboxUrl };
    const workerEnv = { ...env, ROLES: 'worker', INTERNAL_PORT: String(internal) };
    const start = {
      sandbox: () => startSandboxProcess({ dataDir: path.join(folder, 'sandbox'), port: provider, webhookPort: port }),
      server: () => insistOn(() => startServerProcess({ ...inServer, env: { ...NO_PROOFS, ...env } })),
      worker: () => insistOn(() => startServerProcess({ ...inServer, env: { ...NO_PROOFS, ...workerEnv } })),
    };
    const sandbox = await start.sandbox();
    // One after the other: the first makes tenants and keys.
    const server = await start.server();
    return new Stage(`http://localhost:${port}`, database, start, [sandbox, server, await start.worker()]);
  }

  /** Everything that the two Lastro processes of this moment printed. */
  output(): string {
    return `${this.#server.output()}\n${this.#worker.output()}`;
  }

  call<T>(method: string, at: string, body?: unknown): Promise<T> {
    return this.#sandbox.call<T>(method, at, body);
  }

  async setFaults(faults: object): Promise<void> {
    this.#faults = faults;
    await this.call('PUT', '/admin/faults', faults);
  }

  /** SIGKILL, then the same again on the same port. */
  async kill(victim: Victim): Promise<void> {
    this.killed[victim]++;
    switch (victim) {
      case 'postgres':
        await this.database.killAndRestart();
        return;
      case 'provider':
        await this.#sandbox.kill();
        this.#sandbox = await this.#start.sandbox();
        return void (await this.call('PUT', '/admin/faults', this.#faults));
      case 'server':
        await this.#server.kill();
        this.#server = await this.#start.server();
        return;
      case 'worker':
        await this.#worker.kill();
        this.#worker = await this.#start.worker();
    }
  }

  /** Whoever ended without being killed must not have: answers who. */
  async revive(): Promise<string[]> {
    const fallen: string[] = [];
    if (!this.#server.running()) {
      fallen.push(`the server ended by itself:\n${this.#server.output().slice(-3_000)}`);
      this.#server = await this.#start.server();
    }
    if (!this.#worker.running()) {
      fallen.push(`the worker ended by itself:\n${this.#worker.output().slice(-3_000)}`);
      this.#worker = await this.#start.worker();
    }
    return fallen;
  }

  async close(): Promise<void> {
    await Promise.all([this.#server.kill(), this.#worker.kill(), this.#sandbox.kill()]);
    await this.database.close();
  }
}

/** While Postgres recovers nobody can start: as any supervisor, the storm tries again. */
async function insistOn(start: () => Promise<RunningProcess>): Promise<RunningProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}
