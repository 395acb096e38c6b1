import type { TSchema } from 'typebox';
import { checkOf } from '../check.ts';
import type { Words } from '../errors.ts';

type Flaw = { keyword: string; params: Record<string, unknown> };

const TYPES: Record<string, Words> = {
  string: { pt: 'texto', en: 'text' },
  integer: { pt: 'um número inteiro', en: 'a whole number' },
  number: { pt: 'um número', en: 'a number' },
  boolean: { pt: 'true ou false', en: 'true or false' },
  object: { pt: 'um objeto', en: 'an object' },
  array: { pt: 'uma lista', en: 'a list' },
  null: { pt: 'null', en: 'null' },
};

/** What a value breaks, in words; of several rules the first. */
export function wordsOf(schema: TSchema, value: unknown): Words {
  for (const flaw of checkOf(schema).Errors(value)) return sentenceOf(flaw as unknown as Flaw);
  return { pt: 'não serve', en: 'does not fit' };
}

function sentenceOf({ keyword, params }: Flaw): Words {
  const limit = String(params.limit);
  switch (keyword) {
    case 'type': {
      const type = TYPES[String(params.type)] ?? { pt: String(params.type), en: String(params.type) };
      return { pt: `precisa ser ${type.pt}`, en: `must be ${type.en}` };
    }
    case 'pattern':
      return { pt: `não tem a forma ${params.pattern}`, en: `does not have the form ${params.pattern}` };
    case 'format':
      return { pt: `não tem o formato ${params.format}`, en: `does not have the format ${params.format}` };
    case 'minLength':
      return { pt: `tem menos de ${limit} caracteres`, en: `has fewer than ${limit} characters` };
    case 'maxLength':
      return { pt: `passa de ${limit} caracteres`, en: `has more than ${limit} characters` };
    case 'minItems':
      return { pt: `tem menos de ${limit} itens`, en: `has fewer than ${limit} items` };
    case 'maxItems':
      return { pt: `passa de ${limit} itens`, en: `has more than ${limit} items` };
    case 'minProperties':
      return { pt: `tem menos de ${limit} campos`, en: `has fewer than ${limit} fields` };
    case 'maxProperties':
      return { pt: `passa de ${limit} campos`, en: `has more than ${limit} fields` };
    case 'uniqueItems':
      return { pt: 'repete um item', en: 'repeats an item' };
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum': {
      const sign = { minimum: '≥', maximum: '≤', exclusiveMinimum: '>', exclusiveMaximum: '<' }[keyword];
      return { pt: `precisa ser ${sign} ${limit}`, en: `must be ${sign} ${limit}` };
    }
    case 'multipleOf':
      return { pt: `precisa ser múltiplo de ${params.multipleOf}`, en: `must be a multiple of ${params.multipleOf}` };
    case 'const':
      return { pt: `precisa ser ${params.allowedValue}`, en: `must be ${params.allowedValue}` };
    case 'enum':
      return { pt: `escolha entre ${list(params.allowedValues)}`, en: `choose one of ${list(params.allowedValues)}` };
    default:
      return { pt: 'não serve', en: 'does not fit' };
  }
}

const list = (values: unknown): string => (Array.isArray(values) ? values.map(String).join(', ') : '');
