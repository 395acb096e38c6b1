/** The parent's side of a writer process. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { CommandResult, NewAccount } from '#ledger';
import type { CutPoint } from './line.ts';
import { Line } from './line.ts';
import type { Request } from './requests.ts';
import type { FromWriter, ToWriter } from './writer-process.ts';

/** What came of a request: its results, a code that says why there are none, or nothing, because the process is gone. */
export type Reply = { results: CommandResult[] } | { code: string; detail: string } | 'gone';

export class Writer {
  readonly #child: ChildProcess;
  readonly #line: Line;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  readonly #ready: Promise<unknown>;
  readonly ended: Promise<unknown>;
  #numbers = 0;
  #complaints = '';
  isPaused = false;
  aheadMs = 0;

  private constructor(line: Line, databaseUrl: string) {
    this.#line = line;
    const url = new URL(databaseUrl);
    url.port = String(line.port);
    // Past the socket, or nothing on the way could be cut.
    url.searchParams.delete('host');
    const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
    this.#child = fork(path.join(import.meta.dirname, 'writer-process.ts'), [], {
      env: { PATH, HOME, NODE_COMPILE_CACHE, SIMULATION_DATABASE_URL: url.href },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#complaints = (this.#complaints + chunk.toString()).slice(-4_000);
    });
    this.ended = once(this.#child, 'exit').then(() => this.#end());
    this.#ready = new Promise<void>((resolve, reject) => {
      this.#child.on('message', (message: FromWriter) => (message.type === 'ready' ? resolve() : this.#hear(message)));
      this.ended.then(() => reject(new Error(`a writer ended before it was ready:\n${this.#complaints}`)), reject);
    });
    this.#ready.catch(() => undefined);
  }

  static async start(databaseUrl: string): Promise<Writer> {
    const writer = new Writer(await Line.open(Number(new URL(databaseUrl).port)), databaseUrl);
    await writer.#ready;
    return writer;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Ended without being told to: what it printed. */
  get complaints(): string {
    return this.#complaints;
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  submit(tenantId: string, request: Request, delayMs: number): Promise<Reply> {
    return this.#ask((no) => ({ type: 'submit', no, tenantId, request, delayMs }));
  }

  open(tenantId: string, accounts: NewAccount[]): Promise<Reply> {
    return this.#ask((no) => ({ type: 'open', no, tenantId, accounts }));
  }

  /** Has it release the holds whose time has come. */
  expire(): Promise<Reply> {
    return this.#ask((no) => ({ type: 'expire', no }));
  }

  setClock(aheadMs: number): void {
    this.aheadMs = aheadMs;
    if (this.#child.connected) this.#child.send({ type: 'clock', aheadMs } satisfies ToWriter);
  }

  pause(): void {
    this.isPaused = true;
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.isPaused = false;
    this.#child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  /** Cuts its line at this point; false when it did not come there in time. */
  async cutAt(point: CutPoint, limitMs: number): Promise<boolean> {
    return (await this.#inTime(this.#line.cutAt(point), limitMs)) !== 'late';
  }

  cutAll(): void {
    this.#line.cutAll();
  }

  /** Stops its next batch between decision and database; answers how to let it go, or undefined when there was none in time. */
  async holdWrite(limitMs: number): Promise<(() => void) | undefined> {
    const release = await this.#inTime(this.#line.holdWrite(), limitMs);
    return release === 'late' ? undefined : release;
  }

  async #inTime<T>(event: Promise<T>, limitMs: number): Promise<T | 'late'> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => {
        this.#line.disarm();
        resolve('late');
      }, limitMs);
    });
    try {
      return await Promise.race([event, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #ask(message: (no: number) => ToWriter): Promise<Reply> {
    if (!this.#child.connected) return Promise.resolve('gone');
    const no = ++this.#numbers;
    return new Promise((resolve) => {
      this.#waiting.set(no, resolve);
      this.#child.send(message(no), (error) => {
        if (error) this.#answer(no, 'gone');
      });
    });
  }

  #hear(message: FromWriter & { no: number }): void {
    const { no } = message;
    this.#answer(no, message.type === 'answer' ? { results: message.results } : message.type === 'error' ? message : 'gone');
  }

  #answer(no: number, reply: Reply): void {
    this.#waiting.get(no)?.(reply);
    this.#waiting.delete(no);
  }

  async #end(): Promise<void> {
    for (const resolve of this.#waiting.values()) resolve('gone');
    this.#waiting.clear();
    await this.#line.close();
  }
}
