/** What a caller learns about one kind of refusal; the code itself is the key in the catalogue. */
export type ErrorSpec = {
  /** HTTP status the refusal travels with. */
  status: number;
  /** Short pt-BR summary, safe to show to a person. */
  title: string;
  /** pt-BR sentence: what the caller can do about it. */
  action: string;
};

/** One offending field of a request body, as JSON pointer with the reason. */
export type FieldError = { pointer: string; detail: string };

/** The plain form in which an error crosses a face or an HTTP answer. */
export type ErrorData = ErrorSpec & {
  code: string;
  detail: string;
  errors?: FieldError[];
  retryAfterSeconds?: number;
};

/**
 * An expected refusal with a stable code. Unexpected faults stay ordinary errors and are answered as
 * `PLATFORM_INTERNAL` without their message, so that nothing internal leaks.
 */
export class AppError extends Error {
  readonly data: ErrorData;

  constructor(data: ErrorData, options?: ErrorOptions) {
    super(`${data.code}: ${data.detail}`, options);
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

type Extra = { detail?: string; errors?: FieldError[]; retryAfterSeconds?: number; cause?: unknown };

/** A module's catalogue: `const refuse = defineErrors({ LEDGER_X: {…} }); throw refuse('LEDGER_X', { detail })`. */
export function defineErrors<const T extends Record<string, ErrorSpec>>(specs: T) {
  const refuse = (code: keyof T & string, extra: Extra = {}): AppError => {
    const { cause, detail, ...rest } = extra;
    const spec = specs[code] as ErrorSpec;
    return new AppError({ code, ...spec, detail: detail ?? spec.title, ...rest }, cause === undefined ? undefined : { cause });
  };
  return Object.assign(refuse, { specs });
}

export const refusePlatform = defineErrors({
  PLATFORM_INTERNAL: { status: 500, title: 'Algo falhou do nosso lado', action: 'Tente de novo em instantes. Nada foi perdido.' },
  PLATFORM_BAD_REQUEST: { status: 400, title: 'Pedido malformado', action: 'Corrija os campos apontados e envie de novo.' },
  PLATFORM_NOT_FOUND: { status: 404, title: 'Não encontrado', action: 'Confira o endereço ou o identificador.' },
  PLATFORM_UNAUTHENTICATED: { status: 401, title: 'Autenticação necessária', action: 'Entre de novo ou envie um token válido.' },
  PLATFORM_FORBIDDEN: { status: 403, title: 'Sem permissão', action: 'Peça o escopo ou o papel necessário.' },
  PLATFORM_METHOD_NOT_ALLOWED: { status: 405, title: 'Método não aceito', action: 'Use um dos métodos do cabeçalho Allow.' },
  PLATFORM_TOO_LARGE: { status: 413, title: 'Pedido grande demais', action: 'Envie menos dados por vez.' },
  PLATFORM_UNSUPPORTED_MEDIA: { status: 415, title: 'Tipo de conteúdo não aceito', action: 'Envie application/json.' },
  PLATFORM_TOO_MANY_REQUESTS: { status: 429, title: 'Muitos pedidos', action: 'Espere o tempo indicado e tente de novo.' },
  PLATFORM_UNAVAILABLE: { status: 503, title: 'Serviço indisponível no momento', action: 'Tente de novo em instantes.' },
  PLATFORM_DEADLINE: { status: 504, title: 'O prazo da chamada terminou', action: 'Consulte o resultado antes de repetir.' },
  PLATFORM_IDEMPOTENCY_KEY_REQUIRED: {
    status: 400,
    title: 'Falta o cabeçalho Idempotency-Key',
    action: 'Envie um identificador único por intenção, de 16 a 128 caracteres.',
  },
  PLATFORM_IDEMPOTENCY_CONFLICT: {
    status: 409,
    title: 'Chave de idempotência já usada com outro conteúdo',
    action: 'Use uma chave nova para um pedido novo, ou repita o corpo original.',
  },
  PLATFORM_CSRF: { status: 403, title: 'Verificação de origem falhou', action: 'Recarregue a página e tente de novo.' },
});

/** Throws when an invariant does not hold. Always on: a wrong number must stop the line, in production too. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
