/** What can be wrong with an export. */
export type ProblemCode =
  | 'LINE_MALFORMED'
  | 'RECORD_CHANGED'
  | 'RECORD_MISSING'
  | 'RECORD_ORDER'
  | 'RECORD_FOREIGN'
  | 'BATCH_MISSING'
  | 'TIME_WENT_BACK'
  | 'DAY_WRONG'
  | 'ROOT_WRONG'
  | 'ROOT_CHAIN_BROKEN'
  | 'TAIL_CUT'
  | 'HEAD_DIFFERS'
  | 'KNOWN_DAY_DIFFERS'
  | 'PROOF_WRONG'
  | 'ANCHOR_WRONG'
  | 'ACCOUNT_UNKNOWN'
  | 'HOLD_WRONG'
  | 'BALANCE_WRONG'
  | 'BOOKS_UNBALANCED';

/** One thing that is wrong, and where. `line` counts the export's lines from 1; `detail` is for people, in pt-BR. */
export type Problem = { code: ProblemCode; line: number; seq?: number; batch?: number; day?: string; detail: string };

export type Place = Pick<Problem, 'seq' | 'batch' | 'day'>;

/** Collects problems up to a limit: a file that is wrong throughout is not worth a report of its own size. */
export class Problems {
  readonly found: Problem[] = [];
  total = 0;
  line = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(code: ProblemCode, place: Place, detail: string): void {
    this.total++;
    if (this.found.length < this.#limit) this.found.push({ code, line: this.line, ...place, detail });
  }
}
