import { batchHash, type DayStatement, GENESIS, utcDay } from './chain.ts';
import type { BatchLine, ExportHeader } from './lines.ts';
import { leafHashOf, MerkleBuilder } from './merkle.ts';
import type { Problems } from './problem.ts';

/** More records than any batch holds: beyond it a batch line must have been lost. */
const MAX_WAITING = 100_000;

type Waiting = { seq: number; recordedAt: string; leaf: Buffer; line: number };

/**
 * Follows the records and batches of an export in order and says where they are not what the hashes say. Holds one batch in memory, and one
 * hash for each level of the day's tree.
 */
export class ChainVerifier {
  records = 0;
  batches = 0;
  days = 0;
  lastSeq: number;
  lastBatch: number;
  /** Hash of the last batch, as the export says it. */
  hash: Buffer | undefined;
  /** Days whose root was recomputed and is what the export says. */
  readonly roots = new Map<string, string>();
  readonly #problems: Problems;
  readonly #header: ExportHeader;
  #waiting: Waiting[] = [];
  #recordedAt = '';
  #day = '';
  #tree = new MerkleBuilder();
  #dayFirst = 0;
  #dayBatch: { batch: number; hash: string } | undefined;
  #lastDay: { day: string; root: string } | undefined;

  constructor(header: ExportHeader, problems: Problems) {
    this.#header = header;
    this.#problems = problems;
    this.lastSeq = header.fromSeq - 1;
    this.lastBatch = (header.fromBatch ?? 1) - 1;
    this.hash = header.previousHash ? Buffer.from(header.previousHash, 'hex') : this.lastBatch === 0 ? GENESIS : undefined;
  }

  record(line: string, seq: number, recordedAt: string): void {
    this.records++;
    if (this.#waiting.length >= MAX_WAITING) {
      this.#problems.add('BATCH_MISSING', { seq }, `Há mais de ${MAX_WAITING} registros sem a linha do seu lote.`);
      this.#waiting = [];
    }
    this.#waiting.push({ seq, recordedAt, leaf: leafHashOf(line), line: this.#problems.line });
  }

  batch(said: BatchLine): void {
    this.batches++;
    const { batch, firstSeq, lastSeq } = said;
    const place = { batch, seq: firstSeq };
    const isNext = batch === this.lastBatch + 1;
    if (batch <= this.lastBatch) {
      this.#problems.add('RECORD_ORDER', place, `O lote ${batch} vem depois do lote ${this.lastBatch}.`);
      this.#waiting = [];
      return;
    }
    if (!isNext) this.#problems.add('BATCH_MISSING', place, `Faltam os lotes ${this.lastBatch + 1} a ${batch - 1}.`);
    if (firstSeq > this.lastSeq + 1)
      this.#problems.add('RECORD_MISSING', { batch, seq: this.lastSeq + 1 }, `Faltam os registros ${this.lastSeq + 1} a ${firstSeq - 1}.`);
    const whole = this.#take(said);
    if (whole && isNext && this.hash) this.#compare(said, whole);
    if (said.recordedAt < this.#recordedAt)
      this.#problems.add('TIME_WENT_BACK', place, `O lote ${batch} diz ${said.recordedAt}, antes do lote anterior (${this.#recordedAt}).`);
    this.#recordedAt = said.recordedAt;
    this.#grow(said, whole ?? []);
    this.lastBatch = batch;
    this.lastSeq = Math.max(this.lastSeq, lastSeq);
    // What follows is judged on what this batch says of itself, so that one damage is reported once.
    this.hash = Buffer.from(said.hash, 'hex');
  }

  /** The records of the batch, in order; undefined when they are not all there. */
  #take({ batch, firstSeq, lastSeq, recordedAt }: BatchLine): Waiting[] | undefined {
    const waiting = this.#waiting;
    this.#waiting = [];
    const mine = waiting.filter(({ seq }) => seq >= firstSeq && seq <= lastSeq);
    const foreign = waiting.filter(({ seq }) => seq < firstSeq || seq > lastSeq);
    if (foreign.length > 0) {
      const seqs = foreign.map(({ seq }) => seq);
      const detail = `Os registros ${seqs.slice(0, 5).join(', ')}${seqs.length > 5 ? '…' : ''} não são deste lote (${firstSeq} a ${lastSeq}).`;
      this.#problems.add('RECORD_FOREIGN', { batch, seq: seqs[0]! }, detail);
    }
    for (const { seq, recordedAt: at } of mine)
      if (at !== recordedAt) this.#problems.add('RECORD_CHANGED', { batch, seq }, `O registro ${seq} diz ${at}; o lote, ${recordedAt}.`);
    const isInOrder = mine.every(({ seq }, index) => index === 0 || seq > mine[index - 1]!.seq);
    if (!isInOrder) {
      const at = mine.findIndex(({ seq }, index) => index > 0 && seq <= mine[index - 1]!.seq);
      this.#problems.add('RECORD_ORDER', { batch, seq: mine[at]!.seq }, `O registro ${mine[at]!.seq} está fora da ordem, ou repetido.`);
      mine.sort((a, b) => a.seq - b.seq);
    }
    const have = new Set(mine.map(({ seq }) => seq));
    const missing: number[] = [];
    for (let seq = firstSeq; seq <= lastSeq && missing.length < 5; seq++) if (!have.has(seq)) missing.push(seq);
    if (missing.length > 0) {
      const count = lastSeq - firstSeq + 1 - have.size;
      this.#problems.add('RECORD_MISSING', { batch, seq: missing[0]! }, `Faltam ${count} registros do lote: ${missing.join(', ')}.`);
      return undefined;
    }
    return have.size === mine.length ? mine : mine.filter(({ seq }, index) => index === 0 || seq !== mine[index - 1]!.seq);
  }

  #compare({ batch, firstSeq, lastSeq, hash, refused, leaves }: BatchLine, records: readonly Waiting[]): void {
    const computed = batchHash(
      this.hash!,
      records.map(({ leaf }) => leaf),
      refused,
    );
    if (computed.toString('hex') === hash) return;
    const kept = leaves?.map((leaf) => Buffer.from(leaf, 'hex'));
    const isKeptTrue = kept?.length === records.length && batchHash(this.hash!, kept, refused).toString('hex') === hash;
    const changed = isKeptTrue ? records.filter(({ leaf }, index) => !leaf.equals(kept[index]!)) : [];
    for (const { seq } of changed) this.#problems.add('RECORD_CHANGED', { batch, seq }, `O registro ${seq} foi alterado.`);
    if (changed.length > 0) return;
    const which =
      records.length === 0
        ? 'As recusas do lote, ou sua assinatura, foram alteradas.'
        : firstSeq === lastSeq
          ? `O registro ${firstSeq} (ou as recusas do lote) foi alterado.`
          : `Um dos registros ${firstSeq} a ${lastSeq} (ou as recusas do lote) foi alterado.`;
    this.#problems.add('RECORD_CHANGED', { batch, seq: firstSeq }, `${which} O hash do lote não confere.`);
  }

  #grow({ batch, hash, recordedAt, firstSeq }: BatchLine, records: readonly Waiting[]): void {
    if (records.length === 0) return;
    const day = utcDay(recordedAt);
    if (day !== this.#day) {
      this.#day = day;
      this.#tree = new MerkleBuilder();
      this.#dayFirst = firstSeq;
    }
    for (const { leaf } of records) this.#tree.add(leaf);
    this.#dayBatch = { batch, hash };
  }

  /** Compares a day's statement with what its records give. */
  day(said: DayStatement): void {
    this.days++;
    const { day, firstSeq, lastSeq, count } = said;
    const place = { day, seq: firstSeq };
    if (this.#lastDay && said.previousRoot !== this.#lastDay.root) {
      const detail = `O dia ${day} diz seguir a raiz ${said.previousRoot ?? '(nenhuma)'}, mas a do dia ${this.#lastDay.day} é ${this.#lastDay.root}.`;
      this.#problems.add('ROOT_CHAIN_BROKEN', place, detail);
    } else if (!this.#lastDay && this.#header.fromSeq === 1 && said.previousRoot !== undefined)
      this.#problems.add('ROOT_CHAIN_BROKEN', place, `O dia ${day} segue a raiz de um dia que não está aqui.`);
    this.#lastDay = { day, root: said.root };
    if (firstSeq < this.#header.fromSeq) return;
    if (day !== this.#day) {
      this.#problems.add('DAY_WRONG', place, `A raiz do dia ${day} não vem depois dos registros desse dia.`);
      return;
    }
    const tree = this.#tree;
    const isSame = firstSeq === this.#dayFirst && lastSeq === this.lastSeq && count === tree.size;
    if (!isSame) {
      const detail = `O dia ${day} diz ${count} registros, ${firstSeq} a ${lastSeq}; aqui há ${tree.size}, ${this.#dayFirst} a ${this.lastSeq}.`;
      this.#problems.add('DAY_WRONG', place, detail);
    }
    const root = tree.root().toString('hex');
    if (root !== said.root) {
      if (isSame) this.#problems.add('ROOT_WRONG', place, `A raiz do dia ${day} é ${said.root}; seus registros dão ${root}.`);
      return;
    }
    if (said.batch !== this.#dayBatch?.batch || said.batchHash !== this.#dayBatch.hash) {
      this.#problems.add(
        'DAY_WRONG',
        { ...place, batch: said.batch },
        `O dia ${day} não termina no lote ${said.batch} com o hash que diz.`,
      );
      return;
    }
    if (isSame) this.roots.set(day, root);
  }

  /** What is left when the lines end. */
  end(): void {
    const [first] = this.#waiting;
    if (first)
      this.#problems.add('TAIL_CUT', { seq: first.seq }, `O arquivo termina no meio de um lote (a partir do registro ${first.seq}).`);
    const { toSeq } = this.#header;
    if (this.lastSeq < toSeq)
      this.#problems.add('TAIL_CUT', { seq: this.lastSeq + 1 }, `O arquivo promete até o registro ${toSeq} e termina no ${this.lastSeq}.`);
    if (this.lastSeq > toSeq)
      this.#problems.add('RECORD_FOREIGN', { seq: toSeq + 1 }, `O arquivo promete até o registro ${toSeq} e vai ao ${this.lastSeq}.`);
  }
}
