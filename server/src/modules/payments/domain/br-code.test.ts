import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type BrCode, BrCodeError, type BrCodeErrorCode, formatBrCode, parseBrCode } from './br-code.ts';
import { crc16 } from './crc16.ts';
import { parsePixKey } from './pix-key.ts';

const STATIC =
  '00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D';
const DYNAMIC =
  '00020101021226700014br.gov.bcb.pix2548pix.example.com/8b3da2f39a4140d1a91abd93113bd4415204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***630464E4';
const RECURRENCE =
  '00020126180014br.gov.bcb.pix5204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***80800014br.gov.bcb.pix2558pix.example.com/qr/v2/rec/2353c790eefb11eaadc10242ac120002630462C9';

/** A code with its checksum put right, so that a test reaches the rule behind it. */
const sealed = (body: string): string => `${body}6304${crc16(`${body}6304`)}`;
const altered = (from: string, to: string, code = STATIC): string => {
  assert.ok(code.includes(from), `the fixture has ${from}`);
  return sealed(code.slice(0, -8).replace(from, to));
};

const tlv = (id: string, value: string): string => id + String(value.length).padStart(2, '0') + value;
const withKey = (key: string): string =>
  sealed(`000201${tlv('26', tlv('00', 'br.gov.bcb.pix') + tlv('01', key))}5204000053039865802BR5901A6001B62070503***`);

const withdrawal = (ispb: string): string =>
  sealed(
    `000201${tlv('26', tlv('00', 'br.gov.bcb.pix') + tlv('01', '11144477735') + tlv('03', ispb))}5204000053039865802BR5901A6001B62070503***`,
  );

function refusal(code: string): BrCodeError {
  try {
    parseBrCode(code);
  } catch (error) {
    assert.ok(error instanceof BrCodeError, String(error));
    return error;
  }
  assert.fail(`accepted: ${code}`);
}

test('reads the static code of the manual', () => {
  assert.deepEqual(parseBrCode(STATIC), {
    kind: 'static',
    key: { type: 'evp', value: '123e4567-e12b-12d1-a456-426655440000' },
    description: null,
    oneTime: false,
    amountMinor: null,
    payeeName: 'Fulano de Tal',
    payeeCity: 'BRASILIA',
    postalCode: null,
    categoryCode: '0000',
    txid: null,
  });
});

test('reads the dynamic code of the manual', () => {
  const code = parseBrCode(DYNAMIC);
  assert.deepEqual(code, { kind: 'dynamic', url: 'pix.example.com/8b3da2f39a4140d1a91abd93113bd441', oneTime: true });
});

test('reads amount, txid, description, postal code, a capital GUI and another arrangement beside Pix', () => {
  const account = tlv('00', 'BR.GOV.BCB.PIX') + tlv('01', '11144477735') + tlv('02', 'Cafe e torta');
  const head = `000201${tlv('26', account)}${tlv('27', tlv('00', 'br.outros'))}520400005303986`;
  const code = parseBrCode(sealed(`${head}54041.995802BR5901A6001B610801310100${tlv('62', tlv('05', 'Pedido7'))}`));
  assert.ok(code.kind === 'static');
  assert.equal(code.amountMinor, 199n);
  assert.equal(code.txid, 'Pedido7');
  assert.equal(code.postalCode, '01310100');
  assert.deepEqual([code.key.type, code.description], ['cpf', 'Cafe e torta']);
});

test('white space and invisible marks around a paste do not matter', () => {
  assert.deepEqual(parseBrCode(`\ufeff \r\n\t\u00a0${STATIC}\u200b\n\n   `), parseBrCode(STATIC));
});

const payeeOf = (code: string) => {
  const read = parseBrCode(code);
  assert.ok(read.kind === 'static');
  return [read.payeeName, read.payeeCity];
};

test('accepts UTF-8, with lengths in characters, in bytes, or each field its own way', () => {
  assert.equal(payeeOf(altered('13Fulano de Tal', '12João D’Ávila'))[0], 'João D’Ávila');
  assert.equal(payeeOf(altered('13Fulano de Tal', '09José Árab'))[0], 'José Árab');
  assert.equal(payeeOf(altered('13Fulano de Tal', '11José Árab'))[0], 'José Árab');
  const body = STATIC.slice(0, -8);
  const both = (name: string, city: string) => sealed(body.replace('5913Fulano de Tal', name).replace('6008BRASILIA', city));
  assert.deepEqual(payeeOf(both('5911José Árab', '6009São Paulo')), ['José Árab', 'São Paulo']);
  assert.deepEqual(payeeOf(both('5909José Árab', '6010São Paulo')), ['José Árab', 'São Paulo']);
  const neither = refusal(both('5910José Árab', '6009São Paulo'));
  assert.equal(neither.code, 'PIX_BR_CODE_MALFORMED');
  assert.match(neither.detail, /acentos/);
});

test('amounts as EMV has them: the point may be left out or stand at the end', () => {
  const amountOf = (text: string) => {
    const code = parseBrCode(altered('5802BR', `${tlv('54', text)}5802BR`));
    return code.kind === 'static' ? code.amountMinor : null;
  };
  for (const [text, minor] of Object.entries({ '198': 19800n, '10': 1000n, '100': 10000n, '10.': 1000n, '0.9': 90n, '98.73': 9873n })) {
    assert.equal(amountOf(text), minor, text);
  }
});

test('what a dynamic code says beside its address is to be disregarded, so nothing of it is judged', () => {
  const read = parseBrCode(DYNAMIC);
  for (const [from, to] of [
    ['5802BR', '54061000.05802BR'],
    ['5802BR', '5403abc5802BR'],
    ['62070503***', tlv('62', tlv('05', 'a'.repeat(35)))],
    ['62070503***', tlv('62', tlv('05', 'RP12345678-2019'))],
    ['62070503***', ''],
    ['5913Fulano de Tal', tlv('59', 'N'.repeat(40))],
    ['6008BRASILIA', tlv('60', 'Santa Rita do Passa Quatro')],
    ['52040000', '5204ABCD'],
  ] as const) {
    assert.deepEqual(parseBrCode(altered(from, to, DYNAMIC)), read, to);
  }
});

test('a code is found in what people and messengers put around and into it', () => {
  const read = parseBrCode(STATIC);
  const charge = parseBrCode(DYNAMIC);
  const [before, after] = [STATIC.slice(0, 60), STATIC.slice(60)];
  const link = 'pix.example.com/8b3da2f39a4140d1a91abd93113bd441';
  for (const text of [
    `\u200e${STATIC}`,
    `\u202a${STATIC}\u202c`,
    `Pix copia e cola: ${STATIC}`,
    `Pix copia e cola:\n\n${STATIC}\n\nObrigado!`,
    `[30/11/2026 10:15] Padaria: ${STATIC}`,
    `"${STATIC}"`,
    `“${STATIC}”`,
    `\`${STATIC}\``,
    `\`\`\`\n${STATIC}\n\`\`\``,
    `*${STATIC}*`,
    `> ${STATIC}`,
    `[pague aqui](https://exemplo.com.br/?code=${STATIC.replaceAll(' ', '%20')})`,
    `https://exemplo.com.br/pix?code=${encodeURIComponent(STATIC)}&loja=1`,
    `https://exemplo.com.br/pix?code=${STATIC.replaceAll(' ', '+').replaceAll('*', '%2A')}`,
    `${before}\r\n${after}`,
    `${before}\n> ${after}`,
    `${before}\u200e${after}`,
    STATIC.replace('Fulano de', 'Fulano\nde'),
    STATIC.replaceAll(' ', '\u00a0'),
    `${STATIC.slice(0, -4)}1d3d`,
    `pedido 000201 de ontem: ${STATIC}.`,
  ]) {
    assert.deepEqual(parseBrCode(text), read, text);
  }
  for (const text of [
    DYNAMIC.replace(link, `https://${link}`),
    DYNAMIC.replace(link, `[${link}](http://${link})`),
    DYNAMIC.replace(link, `<https://${link}>`),
  ]) {
    assert.deepEqual(parseBrCode(text), charge, text);
  }
  assert.equal(refusal(`Pix copia e cola: ${STATIC.slice(0, 80)}`).code, 'PIX_BR_CODE_MALFORMED');
  assert.equal(refusal(`${STATIC}A`).code, 'PIX_BR_CODE_MALFORMED');
});

const cases: [what: string, code: string, expected: BrCodeErrorCode, field: string | null][] = [
  ['nothing', '', 'PIX_BR_CODE_EMPTY', null],
  ['only white space', ' \n\u200b\t', 'PIX_BR_CODE_EMPTY', null],
  ['too long', STATIC + 'A'.repeat(400), 'PIX_BR_CODE_TOO_LONG', null],
  ['any text', 'pague o João', 'PIX_BR_CODE_NOT_PIX', '00'],
  ['another version of EMV', altered('000201', '000202'), 'PIX_BR_CODE_NOT_PIX', '00'],
  ['an EMV code of another arrangement', altered('br.gov.bcb.pix', 'br.gov.bcb.xxx'), 'PIX_BR_CODE_NOT_PIX', '26'],
  ['cut in the middle', STATIC.slice(0, 60), 'PIX_BR_CODE_MALFORMED', '63'],
  ['a mark that reorders text', altered('Fulano de Tal', 'Fulano d\u202e Tal'), 'PIX_BR_CODE_MALFORMED', null],
  ['a length that is no number', altered('5802BR', '58xxBR'), 'PIX_BR_CODE_MALFORMED', null],
  ['a length beyond the end', altered('62070503***', '62990503***'), 'PIX_BR_CODE_MALFORMED', '62'],
  ['an empty field', altered('5802BR', '58005802BR'), 'PIX_BR_CODE_MALFORMED', '58'],
  ['a field twice', altered('5802BR', '5802BR5802BR'), 'PIX_BR_CODE_MALFORMED', '58'],
  ['a broken template', altered('62070503***', '62070599***'), 'PIX_BR_CODE_MALFORMED', '62-05'],
  ['a checksum that is not the last field', sealed('00020163041D3D'), 'PIX_BR_CODE_MALFORMED', '63'],
  ['a wrong checksum', `${STATIC.slice(0, -4)}1D3E`, 'PIX_BR_CODE_BAD_CRC', '63'],
  ['no account', sealed('0002015204000053039865802BR5901A6001B62070503***'), 'PIX_BR_CODE_NOT_PIX', '26'],
  [
    'a GUI and nothing else',
    altered('26580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-426655440000', '26180014br.gov.bcb.pix'),
    'PIX_BR_CODE_FIELD_INVALID',
    '26',
  ],
  ['key and charge at once', altered('26700014', '26850111111444777350014', DYNAMIC), 'PIX_BR_CODE_FIELD_INVALID', '26'],
  [
    'Pix twice',
    altered('5204', `${tlv('27', tlv('00', 'br.gov.bcb.pix') + tlv('01', '11144477735'))}5204`),
    'PIX_BR_CODE_FIELD_INVALID',
    '27',
  ],
  ['a use that does not exist', altered('010212', '010213', DYNAMIC), 'PIX_BR_CODE_FIELD_INVALID', '01'],
  ['no category', altered('52040000', ''), 'PIX_BR_CODE_FIELD_INVALID', '52'],
  ['a category of letters', altered('52040000', '5204000A'), 'PIX_BR_CODE_FIELD_INVALID', '52'],
  ['no currency', altered('5303986', ''), 'PIX_BR_CODE_FIELD_INVALID', '53'],
  ['dollars', altered('5303986', '5303840'), 'PIX_BR_CODE_CURRENCY', '53'],
  ['a decimal comma', altered('5802BR', '540510,005802BR'), 'PIX_BR_CODE_FIELD_INVALID', '54'],
  ['three decimals', altered('5802BR', '540610.0055802BR'), 'PIX_BR_CODE_FIELD_INVALID', '54'],
  ['a whole amount of zero', altered('5802BR', '540105802BR'), 'PIX_BR_CODE_FIELD_INVALID', '54'],
  ['a point alone', altered('5802BR', '5401.5802BR'), 'PIX_BR_CODE_FIELD_INVALID', '54'],
  ['an amount of zero', altered('5802BR', '54040.005802BR'), 'PIX_BR_CODE_FIELD_INVALID', '54'],
  ['a negative amount', altered('5802BR', '5405-1.005802BR'), 'PIX_BR_CODE_FIELD_INVALID', '54'],
  ['another country', altered('5802BR', '5802AR'), 'PIX_BR_CODE_FIELD_INVALID', '58'],
  ['no name', altered('5913Fulano de Tal', ''), 'PIX_BR_CODE_FIELD_INVALID', '59'],
  ['a name of spaces', altered('5913Fulano de Tal', '5903   '), 'PIX_BR_CODE_FIELD_INVALID', '59'],
  ['a long name', altered('5913Fulano de Tal', `5926${'A'.repeat(26)}`), 'PIX_BR_CODE_FIELD_INVALID', '59'],
  ['no city', altered('6008BRASILIA', ''), 'PIX_BR_CODE_FIELD_INVALID', '60'],
  ['a long city', altered('6008BRASILIA', `6016${'B'.repeat(16)}`), 'PIX_BR_CODE_FIELD_INVALID', '60'],
  ['a postal code of letters', altered('62070503***', '6103abc62070503***'), 'PIX_BR_CODE_FIELD_INVALID', '61'],
  ['no additional data', altered('62070503***', ''), 'PIX_BR_CODE_FIELD_INVALID', '62'],
  ['no txid', altered('62070503***', '62070403***'), 'PIX_BR_CODE_FIELD_INVALID', '62-05'],
  ['a long txid', altered('62070503***', `62300526${'t'.repeat(26)}`), 'PIX_BR_CODE_FIELD_INVALID', '62-05'],
  ['a txid with punctuation', altered('62070503***', '62070503a-b'), 'PIX_BR_CODE_FIELD_INVALID', '62-05'],
  ['a CPF of wrong check digits', withKey('11144477736'), 'PIX_BR_CODE_FIELD_INVALID', '26-01'],
  ['a formatted CPF', withKey('111.444.777-35'), 'PIX_BR_CODE_FIELD_INVALID', '26-01'],
  ['a CNPJ of wrong check digits', withKey('12ABC34501DE36'), 'PIX_BR_CODE_FIELD_INVALID', '26-01'],
  ['a phone without +', withKey('5511987654321'), 'PIX_BR_CODE_FIELD_INVALID', '26-01'],
  ['a key in capitals', altered('123e4567', '123E4567'), 'PIX_BR_CODE_FIELD_INVALID', '26-01'],
  ['a withdrawal', withdrawal('12345678'), 'PIX_BR_CODE_WITHDRAWAL_UNSUPPORTED', '26-03'],
  ['a withdrawal at an ISPB of letters', withdrawal('1234ABCD'), 'PIX_BR_CODE_WITHDRAWAL_UNSUPPORTED', '26-03'],
  ['a withdrawal at no ISPB', withdrawal('abc'), 'PIX_BR_CODE_WITHDRAWAL_UNSUPPORTED', '26-03'],
  ['a withdrawal by a charge', altered('26700014', '26770303abc0014', DYNAMIC), 'PIX_BR_CODE_WITHDRAWAL_UNSUPPORTED', '26-03'],
  ['a phone of an area code that does not exist', withKey('+5552998224724'), 'PIX_BR_CODE_FIELD_INVALID', '26-01'],
  ['a charge with a scheme', altered('pix.example.com/8b', 'https://p.com/x/8b', DYNAMIC), 'PIX_BR_CODE_FIELD_INVALID', '26-25'],
  ['a charge at an address literal', altered('pix.example.com/', '169.254.169.254/', DYNAMIC), 'PIX_BR_CODE_FIELD_INVALID', '26-25'],
  ['a charge with a user', altered('pix.example.com/', 'pix@example.com/', DYNAMIC), 'PIX_BR_CODE_FIELD_INVALID', '26-25'],
  ['a charge without a path', altered('/', '.', DYNAMIC), 'PIX_BR_CODE_FIELD_INVALID', '26-25'],
  ['a recurrence', RECURRENCE, 'PIX_BR_CODE_RECURRENCE_UNSUPPORTED', '80'],
];

for (const [what, code, expected, field] of cases) {
  test(`refuses ${what}`, () => {
    const error = refusal(code);
    assert.deepEqual([error.code, error.field], [expected, field], error.detail);
    assert.match(error.detail, /.$/);
  });
}

const printable = (maxLength: number) =>
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength }).filter((text) => text.trim() !== '' && text === text.trim());
const digits = (length: number) => fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
const keys = ['11144477735', '12ABC34501DE35', '+5511987654321', 'maria@exemplo.com.br', '123e4567-e12b-12d1-a456-426655440000'];
const anyCode: fc.Arbitrary<BrCode> = fc.oneof(
  fc.record({
    kind: fc.constant('static' as const),
    key: fc.constantFrom(...keys).map((key) => parsePixKey(key)!),
    description: fc.option(printable(20)),
    oneTime: fc.boolean(),
    amountMinor: fc.option(fc.bigInt(1n, 999_999_999_999n)),
    payeeName: printable(25),
    payeeCity: printable(15),
    postalCode: fc.option(digits(8)),
    categoryCode: digits(4),
    txid: fc.option(fc.stringMatching(/^[a-zA-Z0-9]{1,25}$/)),
  }),
  fc.record({
    kind: fc.constant('dynamic' as const),
    url: fc.stringMatching(/^[a-z]{1,9}\.[a-z]{2,5}\/[a-zA-Z0-9]{1,40}$/),
    oneTime: fc.boolean(),
  }),
);

test('what is written is read back the same', () => {
  fc.assert(fc.property(anyCode, (code) => assert.deepEqual(parseBrCode(formatBrCode(code)), { ...code })));
});

test('one altered character is refused, or undone by the checksum: never read as another code', () => {
  const substitute = fc.integer({ min: 0x20, max: 0x7e }).map((byte) => String.fromCharCode(byte));
  fc.assert(
    fc.property(anyCode, fc.nat(), substitute, (code, position, character) => {
      const text = formatBrCode(code);
      const at = position % text.length;
      fc.pre(text[at] !== character);
      try {
        assert.deepEqual(parseBrCode(text.slice(0, at) + character + text.slice(at + 1)), { ...code });
      } catch (error) {
        assert.ok(error instanceof BrCodeError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

test('whatever is pasted, the answer is a code or a BrCodeError', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 600 }),
    fc.string({ unit: 'binary', maxLength: 200 }).map((text) => sealed(`000201${text}`)),
    fc
      .array(fc.tuple(fc.nat(99), fc.string({ maxLength: 30 })))
      .map((fields) =>
        sealed(
          `000201${fields.map(([id, value]) => String(id).padStart(2, '0') + String(value.length).padStart(2, '0') + value).join('')}`,
        ),
      ),
  );
  fc.assert(
    fc.property(hostile, (text) => void refusal(text)),
    { numRuns: 3000 },
  );
});

test('hostile sizes are answered at once', () => {
  const started = performance.now();
  for (const text of [
    ' '.repeat(2_000_000),
    '0'.repeat(2_000_000),
    `x${'\n'.repeat(2_000_000)}x`,
    '\u0000'.repeat(500),
    `000201${'\u202e'.repeat(400)}`,
  ]) {
    refusal(text);
  }
  refusal(sealed(`000201${'26040000'.repeat(60)}`));
  refusal(sealed(`000201${tlv('26', tlv('00', 'br.gov.bcb.pix') + tlv('25', `${'a-'.repeat(36)}!`))}62070503***`));
  assert.ok(performance.now() - started < 1500);
});

test('writing takes accents off and refuses what breaks a rule', () => {
  const code = parseBrCode(STATIC);
  assert.ok(code.kind === 'static');
  const text = formatBrCode({ ...code, payeeName: 'João Ção', payeeCity: 'São Paulo' });
  assert.deepEqual(payeeOf(text), ['Joao Cao', 'Sao Paulo']);
  assert.throws(() => formatBrCode({ ...code, amountMinor: 0n }), { field: '54' });
  assert.throws(() => formatBrCode({ ...code, amountMinor: 10n ** 12n }), { field: '54' });
  assert.throws(() => formatBrCode({ ...code, payeeName: 'A'.repeat(26) }), { field: '59' });
  assert.throws(() => formatBrCode({ ...code, payeeName: '東京' }), { field: '59' });
});

test('no refusal repeats what the code carried', () => {
  const error = refusal(withKey('Segredo@exemplo.com.br'));
  assert.doesNotMatch(JSON.stringify([error.detail, error.message]), /segredo/i);
});
