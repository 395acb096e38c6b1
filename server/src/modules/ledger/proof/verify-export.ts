import { instantMs } from '#platform/dates.ts';
import type { CheckToken } from '#platform/proof/anchors/token.ts';
import { type DayStatement, dayStatementText } from '#platform/proof/chain.ts';
import { flawOfProof, type InclusionProof } from '#platform/proof/inclusion.ts';
import type { AnchorLine, BatchLine, EndLine, ExportHeader } from '#platform/proof/lines.ts';
import { type Problem, Problems } from '#platform/proof/problem.ts';
import { ChainVerifier } from '#platform/proof/verify-chain.ts';
import { type AssetTotals, Books, type MovementLine } from './books.ts';
import type { AccountLine, BalanceLine } from './export-lines.ts';

export { readAnchorFolder } from '#platform/proof/anchors/folder.ts';
export { createTokenChecker } from '#platform/proof/anchors/token.ts';
export type { DayStatement } from '#platform/proof/chain.ts';
export type { InclusionProof } from '#platform/proof/inclusion.ts';
export type { Problem, ProblemCode } from '#platform/proof/problem.ts';

export type VerifyOptions = {
  /** Where the chain is known to have been, from outside: an export that ends before it was cut, one that differs there was rewritten. */
  head?: { batch: number; hash: string };
  /** Statements of days kept outside (a write-once folder), of other tenants, too. Days after the export's end prove a cut; others must be the same. */
  days?: readonly DayStatement[];
  /** Inclusion proofs to check, by themselves and against the roots recomputed here. */
  proofs?: readonly InclusionProof[];
  /** Judges a time-stamp token over a day's statement (`createTokenChecker`): throws, in pt-BR, when it does not hold. Without it tokens are not looked at. */
  checkToken?: CheckToken;
  /** Problems listed; the report's count goes on. Default 100. */
  maxProblems?: number;
  /** Called every `progressEvery` lines (default 10,000). */
  onProgress?: (progress: Progress) => void;
  progressEvery?: number;
};

export type Progress = { lines: number; records: number; batches: number; toSeq: number };

export type Report = {
  ok: boolean;
  export: 'ledger' | 'audit' | null;
  tenantId: string | null;
  records: number;
  batches: number;
  fromSeq: number;
  lastSeq: number;
  lastBatch: number;
  /** Where the chain ends (hex). Keep it outside: with it a later cut is found. */
  head: string | null;
  days: number;
  /** Days whose root was recomputed and holds. */
  rootsVerified: number;
  anchorsVerified: number;
  proofsVerified: number;
  assets: AssetTotals[];
  openHolds: number;
  problems: Problem[];
  problemCount: number;
  /** What could not be judged from this file, in pt-BR. */
  notes: string[];
};

/**
 * Verifies an export from its lines alone: that every record is what the chain hashed, that none is missing, added or out of place, that day
 * roots and proofs follow, and that double entry and holds add up to the balances it tells. Never throws for what a file holds: every
 * damage is a problem in the report. Memory grows with accounts, open holds and days, not with records.
 */
export async function verifyExport(lines: AsyncIterable<string> | Iterable<string>, options: VerifyOptions = {}): Promise<Report> {
  const verifier = new ExportVerifier(options);
  for await (const line of lines) await verifier.take(line);
  return verifier.finish();
}

class ExportVerifier {
  readonly #options: VerifyOptions;
  readonly #problems: Problems;
  readonly #books: Books;
  readonly #notes: string[] = [];
  #knownDays = new Map<string, DayStatement>();
  readonly #days = new Map<string, { statement: Buffer; root: string; firstSeq: number; count: number }>();
  #header: ExportHeader | undefined;
  #chain: ChainVerifier | undefined;
  #end: EndLine | undefined;
  #anchors = 0;
  #unjudgedTokens = 0;
  #isHeadMet = false;

  constructor(options: VerifyOptions) {
    this.#options = options;
    this.#problems = new Problems(options.maxProblems ?? 100);
    this.#books = new Books(this.#problems);
  }

  async take(line: string): Promise<void> {
    const problems = this.#problems;
    problems.line++;
    if (line === '') return;
    try {
      const value: unknown = JSON.parse(line);
      if (value === null || typeof value !== 'object') throw new Error('não é um objeto');
      if (!this.#chain) this.#begin(value as ExportHeader & { version?: number });
      else if (this.#end) problems.add('LINE_MALFORMED', {}, 'Há linhas depois do fim.');
      else if ('seq' in value) this.#record(line, value as MovementLine & { recordedAt: string });
      else await this.#other(this.#chain, value as Record<string, never>);
    } catch (error) {
      problems.add('LINE_MALFORMED', {}, `A linha ${problems.line} não pode ser lida: ${(error as Error).message}.`);
    }
    const { onProgress, progressEvery = 10_000 } = this.#options;
    if (onProgress && problems.line % progressEvery === 0) onProgress(this.#progress());
  }

  #progress(): Progress {
    const { records = 0, batches = 0 } = this.#chain ?? {};
    return { lines: this.#problems.line, records, batches, toSeq: this.#header?.toSeq ?? 0 };
  }

  #begin(header: ExportHeader & { version?: number }): void {
    if (header.export !== 'lastro-ledger' && header.export !== 'lastro-audit') throw new Error('não é uma exportação verificável');
    if (header.version !== 1) throw new Error(`a versão ${String(header.version)} do formato não é conhecida`);
    if (!Number.isSafeInteger(header.fromSeq) || !Number.isSafeInteger(header.toSeq))
      throw new Error('o cabeçalho não diz fromSeq e toSeq');
    this.#header = header;
    const mine = (this.#options.days ?? []).filter((day) => day.tenantId === header.tenantId && `lastro-${day.chain}` === header.export);
    this.#knownDays = new Map(mine.map((day) => [day.day, day]));
    this.#chain = new ChainVerifier(header, this.#problems);
    if (header.fromSeq > 1) this.#notes.push(`A exportação começa no registro ${header.fromSeq}: saldos e reservas não são refeitos.`);
  }

  #record(line: string, record: MovementLine & { recordedAt: string }): void {
    if (!Number.isSafeInteger(record.seq) || typeof record.recordedAt !== 'string') throw new Error('registro sem seq ou recordedAt');
    this.#chain!.record(line, record.seq, record.recordedAt);
    if (this.#header!.export === 'lastro-ledger' && this.#header!.fromSeq === 1 && 'debitAccountId' in record) this.#books.movement(record);
  }

  async #other(chain: ChainVerifier, value: Record<string, never>): Promise<void> {
    const [name] = Object.keys(value);
    const content: unknown = value[name!];
    switch (name) {
      case 'batch': {
        const batch = content as BatchLine;
        chain.batch(batch);
        this.#meetHead(batch);
        return;
      }
      case 'day':
        return this.#day(chain, content as DayStatement);
      case 'anchor':
        return this.#anchor(content as AnchorLine);
      case 'account':
        return this.#books.account(content as AccountLine);
      case 'balance':
        if (this.#header!.fromSeq === 1) this.#books.balance(content as BalanceLine);
        return;
      case 'end':
        this.#end = content as EndLine;
        return;
      default:
        throw new Error(`"${name}" não é uma linha deste formato`);
    }
  }

  #meetHead({ batch, hash }: BatchLine): void {
    const { head } = this.#options;
    if (head?.batch !== batch) return;
    this.#isHeadMet = true;
    if (hash !== head.hash)
      this.#problems.add('HEAD_DIFFERS', { batch }, `O lote ${batch} tem o hash ${hash}; o conhecido é ${head.hash}.`);
  }

  #day(chain: ChainVerifier, said: DayStatement): void {
    chain.day(said);
    const { day } = said;
    if (said.tenantId !== this.#header!.tenantId || `lastro-${said.chain}` !== this.#header!.export)
      this.#problems.add('DAY_WRONG', { day }, `A raiz do dia ${day} é de outra cadeia.`);
    const statement = dayStatementText(said);
    this.#days.set(day, { statement, root: said.root, firstSeq: said.firstSeq, count: said.count });
    const known = this.#knownDays.get(day);
    if (known && !dayStatementText(known).equals(statement))
      this.#problems.add('KNOWN_DAY_DIFFERS', { day }, `O dia ${day} difere do que está guardado fora: raiz ${known.root}.`);
  }

  async #anchor({ day, driver, evidence, anchoredAt }: AnchorLine): Promise<void> {
    const stated = this.#days.get(day);
    const wrong = (detail: string): void => this.#problems.add('ANCHOR_WRONG', { day }, `Âncora do dia ${day}: ${detail}`);
    if (!stated) return wrong('o dia não está na exportação.');
    if (driver !== 'rfc3161') return;
    const { checkToken } = this.#options;
    if (!checkToken) {
      this.#unjudgedTokens++;
      return;
    }
    try {
      const { at } = await checkToken(Buffer.from(evidence, 'base64'), stated.statement);
      if (instantMs(at) < instantMs(`${day}T00:00:00Z`)) return wrong(`o carimbo (${at}) é anterior ao dia.`);
      this.#anchors++;
    } catch (error) {
      wrong(`${(error as Error).message} (carimbo de ${anchoredAt}).`);
    }
  }

  finish(): Report {
    const chain = this.#chain;
    const problems = this.#problems;
    if (!chain) {
      if (problems.total === 0) problems.add('LINE_MALFORMED', {}, 'O arquivo está vazio.');
      return this.#report([], 0);
    }
    chain.end();
    this.#compareEnd(chain);
    this.#compareKnown(chain);
    const isBooked = this.#header!.export === 'lastro-ledger' && this.#header!.fromSeq === 1;
    const assets = isBooked ? this.#books.end() : [];
    if (isBooked && !this.#books.hasClaims && assets.length > 0)
      this.#notes.push('A exportação não traz saldos: foram refeitos, mas não comparados.');
    if (this.#unjudgedTokens > 0) this.#notes.push(`${this.#unjudgedTokens} carimbos do tempo não foram conferidos.`);
    return this.#report(assets, this.#checkProofs());
  }

  #compareEnd(chain: ChainVerifier): void {
    const end = this.#end;
    const place = { seq: chain.lastSeq + 1, batch: chain.lastBatch + 1 };
    if (!end) {
      this.#problems.add('TAIL_CUT', place, 'O arquivo não tem a linha final: foi cortado.');
      return;
    }
    const has = { records: chain.records, batches: chain.batches, lastSeq: chain.lastSeq, lastBatch: chain.lastBatch };
    for (const [name, count] of Object.entries(has)) {
      const said = end[name as keyof typeof has];
      if (said !== count) this.#problems.add('TAIL_CUT', place, `A linha final diz ${name} ${said}; o arquivo tem ${count}.`);
    }
    if (chain.hash && end.hash !== chain.hash.toString('hex'))
      this.#problems.add('TAIL_CUT', place, 'O hash final não é o do último lote.');
  }

  #compareKnown(chain: ChainVerifier): void {
    const { head } = this.#options;
    const place = { seq: chain.lastSeq + 1, batch: chain.lastBatch + 1 };
    if (head && head.batch > chain.lastBatch)
      this.#problems.add('TAIL_CUT', place, `A cadeia é conhecida até o lote ${head.batch}; a exportação termina no ${chain.lastBatch}.`);
    else if (head && !this.#isHeadMet && head.batch > 0) this.#notes.push(`O lote conhecido (${head.batch}) não está nesta exportação.`);
    for (const known of this.#knownDays.values()) {
      const { day, lastSeq, firstSeq } = known;
      if (this.#days.has(day) || lastSeq < this.#header!.fromSeq) continue;
      const isBeyond = lastSeq > chain.lastSeq;
      const detail = isBeyond
        ? `O dia ${day}, guardado fora, vai até o registro ${lastSeq}; a exportação termina no ${chain.lastSeq}.`
        : `O dia ${day}, guardado fora, não está na exportação.`;
      this.#problems.add(isBeyond ? 'TAIL_CUT' : 'KNOWN_DAY_DIFFERS', { day, seq: isBeyond ? chain.lastSeq + 1 : firstSeq }, detail);
    }
  }

  #checkProofs(): number {
    let verified = 0;
    for (const proof of this.#options.proofs ?? []) {
      const { day, seq, root, tenantId, treeSize, leafIndex } = proof;
      const wrong = (detail: string): void => this.#problems.add('PROOF_WRONG', { day, seq }, `Prova do registro ${seq}: ${detail}.`);
      const flaw = flawOfProof(proof);
      const stated = this.#days.get(day);
      if (flaw) wrong(flaw);
      else if (tenantId !== this.#header!.tenantId) wrong('é de outro cliente');
      else if (!stated) this.#notes.push(`A prova do registro ${seq} é de um dia (${day}) cuja raiz não está na exportação.`);
      else if (stated.root !== root) {
        if (proof.isFinal) wrong(`sua raiz não é a do dia ${day}`);
        else this.#notes.push(`A prova do registro ${seq} é de antes do fim do dia ${day}: peça outra.`);
      } else if (treeSize !== stated.count || leafIndex !== seq - stated.firstSeq) wrong(`seu lugar não é o do dia ${day}`);
      else verified++;
    }
    return verified;
  }

  #report(assets: AssetTotals[], proofsVerified: number): Report {
    const header = this.#header;
    const chain = this.#chain;
    return {
      ok: this.#problems.total === 0,
      export: header ? (header.export === 'lastro-ledger' ? 'ledger' : 'audit') : null,
      tenantId: header?.tenantId ?? null,
      records: chain?.records ?? 0,
      batches: chain?.batches ?? 0,
      fromSeq: header?.fromSeq ?? 0,
      lastSeq: chain?.lastSeq ?? 0,
      lastBatch: chain?.lastBatch ?? 0,
      head: chain?.hash?.toString('hex') ?? null,
      days: chain?.days ?? 0,
      rootsVerified: chain?.roots.size ?? 0,
      anchorsVerified: this.#anchors,
      proofsVerified,
      assets,
      openHolds: this.#books.openHolds,
      problems: this.#problems.found,
      problemCount: this.#problems.total,
      notes: this.#notes,
    };
  }
}
