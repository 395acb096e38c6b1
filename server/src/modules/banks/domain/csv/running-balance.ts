/** A balance beside each row: whether the rows explain it, from the oldest or from the newest. */

type Link = { line: number; amountMinor: bigint; balanceMinor: bigint };

export class RunningBalance {
  #first: Link | undefined;
  #last: Link | undefined;
  #sinceLast = 0n;
  #isWhole = true;
  #ascending = { breaks: 0, line: 0 };
  #descending = { breaks: 0, line: 0 };

  /** A movement, and the balance beside it where there is one. */
  add(line: number, amountMinor: bigint, balanceMinor: bigint | undefined): void {
    if (balanceMinor === undefined) {
      this.#sinceLast += amountMinor;
      // Without a balance beside each row nothing can be said from the newest to the oldest.
      this.#isWhole = false;
      if (!this.#first) this.#sinceLast = 0n;
      return;
    }
    const link = { line, amountMinor, balanceMinor };
    const before = this.#last;
    if (before) {
      if (before.balanceMinor + this.#sinceLast + amountMinor !== balanceMinor) note(this.#ascending, line);
      if (before.balanceMinor - before.amountMinor !== balanceMinor) note(this.#descending, line);
    }
    this.#first ??= link;
    this.#last = link;
    this.#sinceLast = 0n;
  }

  /** The balance behind the last row. */
  get lastMinor(): bigint | undefined {
    return this.#last && this.#last.balanceMinor + this.#sinceLast;
  }

  /** Opening and closing as the rows prove them; `brokenAt` is the line where they do not. Nothing when no balance stood beside a row. */
  conclude(): { openingMinor?: bigint; closingMinor?: bigint; brokenAt?: number } {
    const [first, last] = [this.#first, this.#last];
    if (!first || !last) return {};
    if (this.#ascending.breaks === 0)
      return {
        openingMinor: this.#isWhole ? first.balanceMinor - first.amountMinor : undefined,
        closingMinor: last.balanceMinor + this.#sinceLast,
      };
    if (this.#isWhole && this.#descending.breaks === 0)
      return { openingMinor: last.balanceMinor - last.amountMinor, closingMinor: first.balanceMinor };
    return { brokenAt: this.#isWhole && this.#descending.breaks < this.#ascending.breaks ? this.#descending.line : this.#ascending.line };
  }
}

function note(way: { breaks: number; line: number }, line: number): void {
  way.breaks += 1;
  if (way.breaks === 1) way.line = line;
}
