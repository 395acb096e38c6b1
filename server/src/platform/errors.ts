/** A sentence in the two languages of the API: pt-BR and English. Which of them is answered is the request's choice (Accept-Language). */
export type Words = { pt: string; en: string };

/** What a caller learns about one kind of refusal; the code itself is the key in the catalogue. */
export type ErrorSpec = {
  /** HTTP status the refusal travels with. */
  status: number;
  /** Short pt-BR summary, safe to show to a person. */
  title: string;
  /** pt-BR sentence: what the caller can do about it. */
  action: string;
  /** Both in English. */
  en: { title: string; action: string };
};

/** One offending field of a request body, as JSON pointer with the reason. */
export type FieldError = { pointer: string; detail: Words };

/**
 * What the person has to prove once more before this is done (RFC 9470), and what the proof is bound to: for nothing else does it count.
 */
export type StepUp = {
  /** Names what is to be done, amount and payee and all: the proof is given for it. */
  binding: string;
  /** What a log-in made for it must have proved, and how old it may be. */
  acr: 'aal1' | 'aal2';
  maxAgeS: number;
  /** How the person can prove it here and now; the one that is asked first in front. */
  ways: string[];
  /** Why it is asked for. */
  reasons: string[];
};

/** The plain form of an error, in both languages: what crosses a face, and what an HTTP answer is made of. */
export type ErrorData = ErrorSpec & {
  code: string;
  detail: Words;
  errors?: FieldError[];
  retryAfterSeconds?: number;
  /** This is the first answer to the same request, once more. */
  duplicate?: true;
  stepUp?: StepUp;
};

/**
 * An expected refusal with a stable code. Unexpected faults stay ordinary errors and are answered as
 * `PLATFORM_INTERNAL` without their message, so that nothing internal leaks.
 */
export class AppError extends Error {
  readonly data: ErrorData;

  constructor(data: ErrorData, options?: ErrorOptions) {
    super(`${data.code}: ${data.detail.pt}`, options);
    this.name = 'AppError';
    this.data = data;
  }

  get code(): string {
    return this.data.code;
  }

  get status(): number {
    return this.data.status;
  }
}

type Extra = { detail?: Words; errors?: FieldError[]; retryAfterSeconds?: number; stepUp?: StepUp; cause?: unknown };

/** A module's catalogue: `const refuse = defineErrors({ LEDGER_X: {…} }); throw refuse('LEDGER_X', { detail })`. */
export function defineErrors<const T extends Record<string, ErrorSpec>>(specs: T) {
  const refuse = (code: keyof T & string, extra: Extra = {}): AppError => {
    const { cause, detail, ...rest } = extra;
    const spec = specs[code] as ErrorSpec;
    return new AppError(
      { code, ...spec, detail: detail ?? { pt: spec.title, en: spec.en.title }, ...rest },
      cause === undefined ? undefined : { cause },
    );
  };
  return Object.assign(refuse, { specs });
}

export const refusePlatform = defineErrors({
  PLATFORM_INTERNAL: {
    status: 500,
    title: 'Algo falhou do nosso lado',
    action: 'Tente de novo em instantes. Nada foi perdido.',
    en: { title: 'Something failed on our side', action: 'Try again in a moment. Nothing was lost.' },
  },
  PLATFORM_BAD_REQUEST: {
    status: 400,
    title: 'Pedido malformado',
    action: 'Corrija os campos apontados e envie de novo.',
    en: { title: 'Malformed request', action: 'Correct the fields named and send it again.' },
  },
  PLATFORM_NOT_FOUND: {
    status: 404,
    title: 'Não encontrado',
    action: 'Confira o endereço ou o identificador.',
    en: { title: 'Not found', action: 'Check the address or the identifier.' },
  },
  PLATFORM_UNAUTHENTICATED: {
    status: 401,
    title: 'Autenticação necessária',
    action: 'Entre de novo ou envie um token válido.',
    en: { title: 'Authentication required', action: 'Log in again or send a valid token.' },
  },
  PLATFORM_FORBIDDEN: {
    status: 403,
    title: 'Sem permissão',
    action: 'Peça o escopo ou o papel necessário.',
    en: { title: 'Not permitted', action: 'Ask for the scope or role that is needed.' },
  },
  PLATFORM_METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'Método não aceito',
    action: 'Use um dos métodos do cabeçalho Allow.',
    en: { title: 'Method not accepted', action: 'Use one of the methods of the Allow header.' },
  },
  PLATFORM_TOO_LARGE: {
    status: 413,
    title: 'Pedido grande demais',
    action: 'Envie menos dados por vez.',
    en: { title: 'Request too large', action: 'Send less data at a time.' },
  },
  PLATFORM_UNSUPPORTED_MEDIA: {
    status: 415,
    title: 'Tipo de conteúdo não aceito',
    action: 'Envie application/json.',
    en: { title: 'Content type not accepted', action: 'Send application/json.' },
  },
  PLATFORM_TOO_MANY_REQUESTS: {
    status: 429,
    title: 'Muitos pedidos',
    action: 'Espere o tempo indicado e tente de novo.',
    en: { title: 'Too many requests', action: 'Wait for the time stated and try again.' },
  },
  PLATFORM_UNAVAILABLE: {
    status: 503,
    title: 'Serviço indisponível no momento',
    action: 'Tente de novo em instantes.',
    en: { title: 'Service unavailable at the moment', action: 'Try again in a moment.' },
  },
  PLATFORM_DEADLINE: {
    status: 504,
    title: 'O prazo da chamada terminou',
    action: 'Consulte o resultado antes de repetir.',
    en: { title: 'The call ran out of time', action: 'Look up the outcome before you repeat it.' },
  },
  PLATFORM_IDEMPOTENCY_KEY_REQUIRED: {
    status: 400,
    title: 'Falta o cabeçalho Idempotency-Key',
    action: 'Envie um identificador único por intenção, de 16 a 128 caracteres.',
    en: { title: 'The Idempotency-Key header is missing', action: 'Send one unique identifier per intent, of 16 to 128 characters.' },
  },
  PLATFORM_IDEMPOTENCY_CONFLICT: {
    status: 409,
    title: 'Chave de idempotência já usada com outro conteúdo',
    action: 'Use uma chave nova para um pedido novo, ou repita o corpo original.',
    en: {
      title: 'Idempotency key already used with other content',
      action: 'Use a new key for a new request, or repeat the original body.',
    },
  },
  PLATFORM_CSRF: {
    status: 403,
    title: 'Verificação de origem falhou',
    action: 'Recarregue a página e tente de novo.',
    en: { title: 'The origin of the request could not be verified', action: 'Reload the page and try again.' },
  },
});

/** Throws when an invariant does not hold. Always on: a wrong number must stop the line, in production too. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
