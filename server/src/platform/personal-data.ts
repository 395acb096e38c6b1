/** Words that, anywhere in a field's name, say that it holds what identifies a person. */
const WORDS =
  /cpf|cnpj|taxid|email|phone|telefone|celular|address|endereco|birth|nascimento|password|senha|pixkey|chavepix|passport|documentnumber/;
/** Whole names, and endings, that do. `key` is a Pix key; `payeeName` is a name. */
const WHOLE = /^(name|nome|key|chave|document|documento|rg|login|token|secret|ip|city|street|zip|cep)$/;
const ENDINGS = /(name|nome|token|secret)$/;
/** A keyed hash identifies nobody without the installation's key. */
const HARMLESS = /(hash|hashes)$/;

/**
 * True when a field of this name would hold personal data. Events, entries and audit records carry ids of subjects only; what
 * identifies a person stays under that person's key in the vault.
 */
export function isPersonalField(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (HARMLESS.test(plain)) return false;
  return WORDS.test(plain) || WHOLE.test(plain) || ENDINGS.test(plain);
}

/** A copy of plain JSON without the values of personal fields; the fields stay, to show that something was there. */
export function withoutPersonalFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPersonalFields);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isPersonalField(name) ? '[removed]' : withoutPersonalFields(inner)]),
  );
}
