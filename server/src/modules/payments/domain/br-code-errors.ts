/** Stable codes of what can be wrong with a pasted BR Code. The texts may change, these may not. */
export type BrCodeErrorCode =
  | 'PIX_BR_CODE_EMPTY'
  | 'PIX_BR_CODE_TOO_LONG'
  | 'PIX_BR_CODE_NOT_PIX'
  | 'PIX_BR_CODE_MALFORMED'
  | 'PIX_BR_CODE_BAD_CRC'
  | 'PIX_BR_CODE_FIELD_INVALID'
  | 'PIX_BR_CODE_CURRENCY'
  | 'PIX_BR_CODE_RECURRENCE_UNSUPPORTED'
  | 'PIX_BR_CODE_WITHDRAWAL_UNSUPPORTED';

/** What the fields are called towards people; a field within another is `outer-inner`. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  '00': 'versão do código',
  '01': 'tipo de uso',
  '26': 'dados do Pix',
  '26-01': 'chave Pix',
  '26-02': 'descrição',
  '26-03': 'instituição do saque',
  '26-25': 'endereço da cobrança',
  '52': 'categoria do recebedor',
  '53': 'moeda',
  '54': 'valor',
  '58': 'país',
  '59': 'nome do recebedor',
  '60': 'cidade do recebedor',
  '61': 'CEP do recebedor',
  '62': 'dados adicionais',
  '62-05': 'identificador da transação',
  '63': 'dígito verificador',
};

/**
 * A BR Code was refused. `detail` is a sentence in Portuguese that is safe to show: it names the field and the rule, and never
 * repeats what the code carried, because that can be someone's key.
 */
export class BrCodeError extends Error {
  override readonly name = 'BrCodeError';
  readonly code: BrCodeErrorCode;
  readonly detail: string;
  /** The field at fault (`'54'`, `'62-05'`), when there is one. */
  readonly field: string | null;

  constructor(code: BrCodeErrorCode, detail: string, field: string | null = null) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
    this.field = field;
  }
}

/** The error of a field that breaks its rule; `rule` completes the sentence "O campo … ". */
export function fieldError(field: string, rule: string, code: BrCodeErrorCode = 'PIX_BR_CODE_FIELD_INVALID'): BrCodeError {
  const name = FIELD_NAMES[field];
  return new BrCodeError(code, `O campo ${name ? `“${name}” (${field})` : field} ${rule}.`, field);
}

/** The error of a code whose structure cannot be read. */
export const malformed = (detail: string, field: string | null = null): BrCodeError =>
  new BrCodeError('PIX_BR_CODE_MALFORMED', detail, field);
