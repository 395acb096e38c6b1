import { join } from 'node:path';
import { isHttpUrl } from './admin.ts';
import { createSandbox } from './app.ts';

const CLOSE_LIMIT_MS = 10_000;

const sandbox = createSandbox({
  dataDir: process.env.SANDBOX_DATA ?? join('.lastro', 'sandbox'),
  apiKey: secretFrom('SANDBOX_API_KEY', 'sandbox-key'),
  webhookSecret: secretFrom('SANDBOX_WEBHOOK_SECRET', 'sandbox-secret'),
  webhookUrl: webhookUrlFromEnv(),
  settlementDelayMs: wholeNumberFrom('SETTLEMENT_DELAY_MS', 50, 600_000),
  webhookRetryMaxMs: wholeNumberFrom('WEBHOOK_RETRY_MAX_MS', 15_000, 600_000),
  seed: wholeNumberFrom('SANDBOX_SEED', 1, 2 ** 31),
  ...(process.env.EFI_CLIENT_SECRET ? { efi: efiFromEnv() } : {}),
  logs: true,
  onFatal(cause) {
    console.error(cause);
    process.exit(1);
  },
});

/** Speaks Efí's wire, too, once a client of it has a secret. */
function efiFromEnv() {
  const header = process.env.EFI_CERTIFICATE_HEADER;
  return {
    clientId: process.env.EFI_CLIENT_ID ?? 'lastro',
    clientSecret: secretFrom('EFI_CLIENT_SECRET', ''),
    byAmount: process.env.EFI_BY_AMOUNT === 'true',
    ...(header ? { certificateHeaders: { [header]: process.env.EFI_CERTIFICATE_VALUE ?? 'SUCCESS' } } : {}),
  };
}

let isClosing = false;
async function closeOnce(): Promise<void> {
  if (isClosing) return;
  isClosing = true;
  setTimeout(() => process.exit(1), CLOSE_LIMIT_MS).unref();
  await sandbox.close();
  process.exit(0);
}
process.on('SIGTERM', () => void closeOnce());
process.on('SIGINT', () => void closeOnce());
// Forked with a channel, it does not outlive its parent.
process.on('disconnect', () => void closeOnce());

const url = await sandbox.listen(wholeNumberFrom('PORT', 4010, 65_535), process.env.HOST ?? '127.0.0.1');
process.send?.({ listening: url });

/** Known secrets are for development only. */
function secretFrom(name: string, developmentDefault: string): string {
  const value = process.env[name];
  if (value) return value;
  if (process.env.NODE_ENV === 'production') throw new Error(`${name} must be set in production`);
  return developmentDefault;
}

function wholeNumberFrom(name: string, otherwise: number, highest: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return otherwise;
  if (!/^\d{1,10}$/.test(text) || Number(text) > highest) throw new Error(`${name} must be a whole number up to ${highest}`);
  return Number(text);
}

function webhookUrlFromEnv(): string | undefined {
  const url = process.env.SANDBOX_WEBHOOK_URL || undefined;
  if (url !== undefined && !isHttpUrl(url)) throw new Error('SANDBOX_WEBHOOK_URL must begin with http:// or https://');
  return url;
}
