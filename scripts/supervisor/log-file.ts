import { closeSync, existsSync, openSync, readFileSync, readSync, renameSync, rmSync, statSync } from 'node:fs';

const KEPT = 3;

/** Moves `x.log` to `x.log.1` and so on, keeping the last three. */
export function rotateLog(file: string): void {
  rmSync(`${file}.${KEPT}`, { force: true });
  for (let n = KEPT; n > 0; n--) {
    const from = n === 1 ? file : `${file}.${n - 1}`;
    if (existsSync(from)) renameSync(from, `${file}.${n}`);
  }
}

/** The last lines of a log file; none when it does not exist. */
export function lastLines(file: string, count: number): string[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8').trimEnd();
  return text === '' ? [] : text.split('\n').slice(-count);
}

/** Calls `onLine` with each line as it is appended to the file; returns what ends that. */
export function followLog(file: string, onLine: (line: string) => void): () => void {
  let offset = existsSync(file) ? statSync(file).size : 0;
  let rest = '';
  const read = () => {
    const size = existsSync(file) ? statSync(file).size : 0;
    if (size < offset) offset = 0;
    if (size === offset) return;
    const buffer = Buffer.alloc(size - offset);
    const fd = openSync(file, 'r');
    offset += readSync(fd, buffer, 0, buffer.length, offset);
    closeSync(fd);
    const lines = (rest + buffer.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
  const timer = setInterval(read, 200).unref();
  return () => {
    clearInterval(timer);
    read();
  };
}
