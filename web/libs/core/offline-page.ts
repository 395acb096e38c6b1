type TrustedScriptUrls = {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
};

const WORKER = '/sw.js';

/** Lets the browser keep a page that says "no connection"; the worker keeps nothing else. Whoever refuses it only misses that page. */
export async function keepOfflinePage(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const { trustedTypes } = globalThis as unknown as { trustedTypes?: TrustedScriptUrls };
  // The policy lets through this one address, whatever it is asked.
  const url = trustedTypes?.createPolicy('lastro', { createScriptURL: () => WORKER }).createScriptURL(WORKER) ?? WORKER;
  await navigator.serviceWorker.register(url).catch(() => undefined);
}
