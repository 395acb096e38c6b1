/** Rejects when the time is up, after `onLate`; what the work does from then on is nobody's any more. */
export async function withinTime<T>(limitMs: number, onLate: (reason: Error) => void, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`not done within ${limitMs} ms`);
    onLate(error);
    late.reject(error);
  }, limitMs);
  // Of work that a stopping process gave up the limit is nobody's, either: it keeps no process alive.
  timer.unref();
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
