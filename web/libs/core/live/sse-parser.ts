export interface RawEvent {
  /** The event's own id; empty when it has none (not everything the server tells stands in the log). */
  id: string;
  event: string;
  data: string;
}

/** Server-sent events out of arbitrary pieces of text, by the WHATWG rules: CR, LF or CRLF, several data lines, comments ignored. */
export class SseParser {
  private rest = '';
  private data: string[] = [];
  private event = '';
  private ownId = '';
  /** Position to resume from; survives events which carry no id. */
  lastId = '';

  feed(chunk: string): RawEvent[] {
    const out: RawEvent[] = [];
    let text = this.rest + chunk;
    // A CR at the very end may be the first half of a CRLF: wait for the other half.
    const held = text.endsWith('\r') ? '\r' : '';
    if (held) text = text.slice(0, -1);
    const lines = text.split(/\r\n|\r|\n/);
    this.rest = (lines.pop() ?? '') + held;
    for (const line of lines) {
      if (line === '') {
        if (this.data.length) out.push({ id: this.ownId, event: this.event || 'message', data: this.data.join('\n') });
        this.data = [];
        this.event = '';
        this.ownId = '';
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'data') this.data.push(value);
      else if (field === 'event') this.event = value;
      else if (field === 'id' && !value.includes('\0')) {
        this.lastId = value;
        this.ownId = value;
      }
    }
    return out;
  }
  /** A new connection starts with no half line, but goes on from the same position. */
  restart(): void {
    this.rest = '';
    this.data = [];
    this.event = '';
    this.ownId = '';
  }
}
