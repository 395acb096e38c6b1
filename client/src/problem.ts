/** A refusal as the server words it: a stable code, and what to do about it (in pt-BR). */
export class LastroProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly action: string;
  readonly errors: readonly { pointer: string; detail: string }[];

  constructor(status: number, body: unknown) {
    const said = (typeof body === 'object' && body !== null ? body : {}) as Partial<Record<string, unknown>>;
    const oauth = typeof said.error === 'string' ? said.error : null;
    const code = typeof said.code === 'string' ? said.code : oauth ? `OAUTH_${oauth.toUpperCase()}` : `HTTP_${status}`;
    const isClient = oauth === 'invalid_client';
    const words = [
      isClient ? 'O servidor não reconhece este cliente, ou o segredo não é o dele.' : said.detail,
      said.title,
      said.error_description,
    ];
    const detail = words.find((one): one is string => typeof one === 'string') ?? `HTTP ${status}`;
    super(`${code}: ${detail}`);
    this.name = 'LastroProblem';
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.action = isClient ? 'Confira LASTRO_CLIENT_ID e LASTRO_CLIENT_SECRET.' : typeof said.action === 'string' ? said.action : '';
    this.errors = Array.isArray(said.errors) ? said.errors : [];
  }
}

/** The body of an answer that was refused, as a problem. */
export async function problemOf(answer: Response): Promise<LastroProblem> {
  const text = await answer.text().catch(() => '');
  try {
    return new LastroProblem(answer.status, JSON.parse(text));
  } catch {
    return new LastroProblem(answer.status, { detail: text.slice(0, 200) });
  }
}
