/** One scrape reads several gauges; one look at the database serves them all. */
const REMEMBER_MS = 500;

/** Asks once for all who ask within half a second. */
export function rememberBriefly<T>(read: () => Promise<T>): () => Promise<T> {
  let last: { at: number; value: Promise<T> } | undefined;
  return () => {
    const at = performance.now();
    if (!last || at - last.at > REMEMBER_MS) last = { at, value: read() };
    return last.value;
  };
}
