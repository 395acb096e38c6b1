import { AppError, refusePlatform, type Words } from '../errors.ts';

const KEY = /^[\x21-\x7e]{16,128}$/;

const UNFIT: Words = { pt: 'O cabeçalho Idempotency-Key não serve', en: 'The Idempotency-Key header does not fit' };

/** What is wrong with the Idempotency-Key header of a request, in words of its own; null when nothing is. The code is one for all. */
export function refusalOfKey(header: string | string[] | undefined): AppError | null {
  if (typeof header === 'string' && KEY.test(header)) return null;
  const { data } = refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
  const flaw = flawOf(header);
  return new AppError(flaw ? { ...data, title: UNFIT.pt, en: { ...data.en, title: UNFIT.en }, detail: flaw } : data);
}

function flawOf(header: string | string[] | undefined): Words | null {
  if (header === undefined || header === '') return null;
  // Node joins a header that came twice.
  if (typeof header !== 'string' || header.includes(', ')) {
    return {
      pt: 'O cabeçalho Idempotency-Key veio mais de uma vez; envie um só.',
      en: 'The Idempotency-Key header came more than once; send one.',
    };
  }
  if (header.length < 16 || header.length > 128) {
    return {
      pt: `A chave tem ${header.length} caracteres; envie de 16 a 128.`,
      en: `The key has ${header.length} characters; send 16 to 128.`,
    };
  }
  return {
    pt: 'A chave tem espaços ou caracteres fora do ASCII visível; envie letras, números e sinais.',
    en: 'The key has spaces or characters outside of visible ASCII; send letters, digits and signs.',
  };
}
