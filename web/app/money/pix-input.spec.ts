import cases from '../../../server/src/modules/payments/domain/typed-key.cases.json';
import { readPixInput } from './pix-input';

/** The table of the server's own test: what it reads as a key is shown as one here, and nothing else is. */
describe('what was pasted', () => {
  it.each(Object.entries(cases.keys))('%j is the key %s', (text, key) => expect(readPixInput(text).text).toBe(key));
  it.each(Object.keys(cases.slips))('%j is no key, and goes to the server as it is', (text) =>
    expect(readPixInput(text)).toEqual({ kind: 'unknown', text: text.trim() }),
  );
  it.each([
    ['  111.444.777-35 ', 'cpf'],
    ['(11) 98765-4321', 'phone'],
    ['Maria@Exemplo.com.BR', 'email'],
    ['123E4567-E12B-12D1-A456-426655440000', 'evp'],
    ['12.abc.345/01de-35', 'cnpj'],
    ['qualquer coisa', 'unknown'],
    [' \n\t\u200b', 'empty'],
  ])('%j is of the kind %s', (raw, kind) => expect(readPixInput(raw).kind).toBe(kind));
  it.each(['00020126580014br.gov.bcb.pix\r\n5913Fulano de Tal', 'Pix copia e cola: 00020126', '\u200e000201'])('%j is a code', (text) =>
    expect(readPixInput(text).kind).toBe('br-code'),
  );
});
