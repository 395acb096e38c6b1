/** Stands between a writer and Postgres: holds back a batch's statement, or cuts the line at a chosen moment. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Where the line is cut: before the batch arrives, before the commit arrives, or after the commit, before its answer. */
export type CutPoint = 'before-write' | 'before-commit' | 'after-commit';

const WRITE = 'update ledger.heads';
const BEGIN = 'begin; select set_config';
const LOCK = 'for update';
const COMMIT = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1');

export class Line {
  readonly #server: Server;
  readonly #links = new Set<[Socket, Socket]>();
  #cut: { point: CutPoint; done: () => void } | undefined;
  #hold: ((release: () => void) => void) | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(postgresPort: number): Promise<Line> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const line = new Line(server);
    server.on('connection', (near: Socket) => line.#join(near, connect(postgresPort, '127.0.0.1')));
    return line;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Cuts the next line that comes to this point; resolves when it did. */
  cutAt(point: CutPoint): Promise<void> {
    return new Promise((done) => {
      this.#cut = { point, done };
    });
  }

  /** Keeps the next batch from Postgres that was decided without the head's lock, so that others can write; answers how to let it go. */
  holdWrite(): Promise<() => void> {
    return new Promise((resolve) => {
      this.#hold = resolve;
    });
  }

  /** Forgets a cut or hold that has not come about. */
  disarm(): void {
    this.#cut = undefined;
    this.#hold = undefined;
  }

  cutAll(): void {
    for (const link of this.#links) for (const socket of link) socket.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.cutAll();
    await once(this.#server, 'close');
  }

  #join(near: Socket, far: Socket): void {
    const link: [Socket, Socket] = [near, far];
    this.#links.add(link);
    const end = (): void => {
      this.#links.delete(link);
      near.destroy();
      far.destroy();
    };
    for (const socket of link) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
    let isLocked = false;
    let cutOnAnswer: (() => void) | undefined;
    near.on('data', (chunk: Buffer) => {
      const cut = this.#cut;
      // Every transaction opens with this; what it looks up and locks comes before what it writes.
      if (chunk.includes(BEGIN)) isLocked = false;
      if (chunk.includes(LOCK)) isLocked = true;
      if (cut || this.#hold) {
        const isWrite = chunk.includes(WRITE);
        const isCommit = chunk.includes(COMMIT);
        if (cut && ((cut.point === 'before-write' && isWrite) || (cut.point === 'before-commit' && isCommit))) {
          this.#cut = undefined;
          end();
          cut.done();
          return;
        }
        if (cut?.point === 'after-commit' && isCommit) {
          this.#cut = undefined;
          cutOnAnswer = cut.done;
        }
        if (isWrite && this.#hold && !isLocked) {
          const hold = this.#hold;
          this.#hold = undefined;
          near.pause();
          hold(() => {
            far.write(chunk);
            near.resume();
          });
          return;
        }
      }
      if (!far.write(chunk)) {
        near.pause();
        far.once('drain', () => near.resume());
      }
    });
    far.on('data', (chunk: Buffer) => {
      if (cutOnAnswer) {
        end();
        cutOnAnswer();
        return;
      }
      if (!near.write(chunk)) {
        far.pause();
        near.once('drain', () => far.resume());
      }
    });
  }
}
