import { AppError, refusePlatform } from '../errors.ts';

const KEY = /^[\x21-\x7e]{16,128}$/;

/** What is wrong with the Idempotency-Key header of a request, in words of its own; null when nothing is. The code is one for all. */
export function refusalOfKey(header: string | string[] | undefined): AppError | null {
  if (typeof header === 'string' && KEY.test(header)) return null;
  const { data } = refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
  const flaw = flawOf(header);
  return new AppError(flaw ? { ...data, title: 'O cabeçalho Idempotency-Key não serve', detail: flaw } : data);
}

function flawOf(header: string | string[] | undefined): string | null {
  if (header === undefined || header === '') return null;
  // Node joins a header that came twice.
  if (typeof header !== 'string' || header.includes(', ')) return 'O cabeçalho Idempotency-Key veio mais de uma vez; envie um só.';
  if (header.length < 16 || header.length > 128) return `A chave tem ${header.length} caracteres; envie de 16 a 128.`;
  return 'A chave tem espaços ou caracteres fora do ASCII visível; envie letras, números e sinais.';
}
