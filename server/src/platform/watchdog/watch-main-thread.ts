import { writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { flushCompileCache } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';

const { beats, hungAfterMs } = workerData as { beats: Int32Array; hungAfterMs: number };
const LOOK_EVERY_MS = 500;
/** The main thread is asked for its stack between two of its own instructions; deep in native code it cannot be. */
const STACK_WITHIN_MS = 2_000;
const MOST_FRAMES = 40;
const FATAL = 60;

type Frame = { functionName: string; location: { scriptId: string; lineNumber: number; columnNumber: number } };

/** The main thread's call frames, innermost first; empty when it does not come to say them. */
function stackOfMainThread(): Promise<string[]> {
  const session = new Session();
  session.connectToMainThread();
  const urls = new Map<string, string>();
  session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
  return new Promise<string[]>((resolve) => {
    const tooLate = setTimeout(() => resolve([]), STACK_WITHIN_MS);
    session.on('Debugger.paused', ({ params }) => {
      clearTimeout(tooLate);
      const frames = (params.callFrames as Frame[]).slice(0, MOST_FRAMES);
      session.post('Debugger.resume');
      const told = frames.map(({ functionName, location: { scriptId, lineNumber, columnNumber } }) => {
        const at = `${urls.get(scriptId) ?? scriptId}:${lineNumber + 1}:${columnNumber + 1}`;
        return `${functionName || '(anonymous)'} ${at}`;
      });
      resolve(told);
    });
    session.post('Debugger.enable');
    session.post('Debugger.pause');
  }).finally(() => {
    session.post('Debugger.disable');
    session.disconnect();
  });
}

function say(stillMs: number, stack: readonly string[]): void {
  const line = { level: FATAL, time: Date.now(), msg: 'the event loop hangs', stillMs: Math.round(stillMs), stack };
  writeSync(1, `${JSON.stringify(line)}\n`);
}

// A thread keeps its own compiled code (NODE_COMPILE_CACHE), and would only do so at its end, which is that of the process.
flushCompileCache();
let last = -1;
let since = performance.now();
let isTold = false;
let looked = performance.now();
for (;;) {
  await pause(LOOK_EVERY_MS);
  // The whole machine or process stood still: that says nothing of the loop.
  if (performance.now() - looked > 4 * LOOK_EVERY_MS) since = performance.now();
  looked = performance.now();
  const now = Atomics.load(beats, 0);
  if (now !== last) {
    last = now;
    since = performance.now();
    isTold = false;
    continue;
  }
  const stillMs = performance.now() - since;
  if (isTold || stillMs < hungAfterMs) continue;
  isTold = true;
  say(stillMs, await stackOfMainThread().catch(() => []));
}
