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
    withdrawalIspb: null,
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
  assert.equal(code.kind === 'dynamic' && code.url, 'pix.example.com/8b3da2f39a4140d1a91abd93113bd441');
  assert.equal(code.oneTime, true);
});

test('reads amount, txid, description, postal code, a capital GUI and another arrangement beside Pix', () => {
  const account = tlv('00', 'BR.GOV.BCB.PIX') + tlv('01', '11144477735') + tlv('02', 'Cafe e torta');
  const head = `000201${tlv('26', account)}${tlv('27', tlv('00', 'br.outros'))}520400005303986`;
  const code = parseBrCode(sealed(`${head}54041.995802BR5901A6001B610801310100${tlv('62', tlv('05', 'Pedido7'))}`));
  assert.equal(code.amountMinor, 199n);
  assert.equal(code.txid, 'Pedido7');
  assert.equal(code.postalCode, '01310100');
  assert.deepEqual(code.kind === 'static' && [code.key.type, code.description], ['cpf', 'Cafe e torta']);
});

test('white space and invisible marks around a paste do not matter', () => {
  assert.deepEqual(parseBrCode(`\ufeff \r\n\t\u00a0${STATIC}\u200b\n\n   `), parseBrCode(STATIC));
});

test('accepts UTF-8, with lengths in characters or in bytes', () => {
  assert.equal(parseBrCode(altered('13Fulano de Tal', '12João D’Ávila')).payeeName, 'João D’Ávila');
  assert.equal(parseBrCode(altered('13Fulano de Tal', '09José Árab')).payeeName, 'José Árab');
  assert.equal(parseBrCode(altered('13Fulano de Tal', '11José Árab')).payeeName, 'José Árab');
});

const cases: [what: string, code: string, expected: BrCodeErrorCode, field: string | null][] = [
  ['nothing', '', 'PIX_BR_CODE_EMPTY', null],
  ['only white space', ' \n\u200b\t', 'PIX_BR_CODE_EMPTY', null],
  ['too long', STATIC + 'A'.repeat(400), 'PIX_BR_CODE_TOO_LONG', null],
  ['any text', 'pague o João', 'PIX_BR_CODE_NOT_PIX', '00'],
  ['another version of EMV', altered('000201', '000202'), 'PIX_BR_CODE_NOT_PIX', '00'],
  ['an EMV code of another arrangement', altered('br.gov.bcb.pix', 'br.gov.bcb.xxx'), 'PIX_BR_CODE_NOT_PIX', '26'],
  ['cut in the middle', STATIC.slice(0, 60), 'PIX_BR_CODE_MALFORMED', '63'],
  ['a line end inside', `${STATIC.slice(0, 60)}\n${STATIC.slice(60)}`, 'PIX_BR_CODE_MALFORMED', null],
  ['a mark that reorders text', altered('Fulano de Tal', 'Fulano d\u202e Tal'), 'PIX_BR_CODE_MALFORMED', null],
  ['a length that is no number', altered('5802BR', '58xxBR'), 'PIX_BR_CODE_MALFORMED', null],
  ['a length beyond the end', altered('62070503***', '62990503***'), 'PIX_BR_CODE_MALFORMED', '62'],
  ['an empty field', altered('5802BR', '58005802BR'), 'PIX_BR_CODE_MALFORMED', '58'],
  ['a field twice', altered('5802BR', '5802BR5802BR'), 'PIX_BR_CODE_MALFORMED', '58'],
  ['a broken template', altered('62070503***', '62070599***'), 'PIX_BR_CODE_MALFORMED', '62-05'],
  ['a checksum that is not the last field', sealed('00020163041D3D'), 'PIX_BR_CODE_MALFORMED', '63'],
  ['a wrong checksum', `${STATIC.slice(0, -4)}1D3E`, 'PIX_BR_CODE_BAD_CRC', '63'],
  ['a checksum in small letters', `${STATIC.slice(0, -4)}1d3d`, 'PIX_BR_CODE_MALFORMED', '63'],
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
  ['one decimal', altered('5802BR', '540410.05802BR'), 'PIX_BR_CODE_FIELD_INVALID', '54'],
  ['no decimals', altered('5802BR', '5402105802BR'), 'PIX_BR_CODE_FIELD_INVALID', '54'],
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
  ['a withdrawal at no ISPB', altered('26580014', '26650303abc0014'), 'PIX_BR_CODE_FIELD_INVALID', '26-03'],
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
const common = {
  oneTime: fc.boolean(),
  amountMinor: fc.option(fc.bigInt(1n, 999_999_999_999n)),
  payeeName: printable(25),
  payeeCity: printable(15),
  postalCode: fc.option(digits(8)),
  categoryCode: digits(4),
  txid: fc.option(fc.stringMatching(/^[a-zA-Z0-9]{1,25}$/)),
};
const keys = ['11144477735', '12ABC34501DE35', '+5511987654321', 'maria@exemplo.com.br', '123e4567-e12b-12d1-a456-426655440000'];
const anyCode: fc.Arbitrary<BrCode> = fc.oneof(
  fc.record({
    kind: fc.constant('static' as const),
    key: fc.constantFrom(...keys).map((key) => parsePixKey(key)!),
    description: fc.option(printable(20)),
    withdrawalIspb: fc.option(fc.constant('1234ABCD')),
    ...common,
  }),
  fc.record({ kind: fc.constant('dynamic' as const), url: fc.stringMatching(/^[a-z]{1,9}\.[a-z]{2,5}\/[a-zA-Z0-9]{1,40}$/), ...common }),
);

test('what is written is read back the same', () => {
  fc.assert(fc.property(anyCode, (code) => assert.deepEqual(parseBrCode(formatBrCode(code)), { ...code })));
});

test('one altered character is always refused', () => {
  const substitute = fc.integer({ min: 0x20, max: 0x7e }).map((byte) => String.fromCharCode(byte));
  fc.assert(
    fc.property(anyCode, fc.nat(), substitute, (code, position, character) => {
      const text = formatBrCode(code);
      const at = position % text.length;
      fc.pre(text[at] !== character);
      refusal(text.slice(0, at) + character + text.slice(at + 1));
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
  const text = formatBrCode({ ...code, payeeName: 'João Ção', payeeCity: 'São Paulo' });
  assert.deepEqual([parseBrCode(text).payeeName, parseBrCode(text).payeeCity], ['Joao Cao', 'Sao Paulo']);
  assert.throws(() => formatBrCode({ ...code, amountMinor: 0n }), { field: '54' });
  assert.throws(() => formatBrCode({ ...code, amountMinor: 10n ** 12n }), { field: '54' });
  assert.throws(() => formatBrCode({ ...code, payeeName: 'A'.repeat(26) }), { field: '59' });
  assert.throws(() => formatBrCode({ ...code, payeeName: '東京' }), { field: '59' });
});

test('no refusal repeats what the code carried', () => {
  const error = refusal(withKey('Segredo@exemplo.com.br'));
  assert.doesNotMatch(JSON.stringify([error.detail, error.message]), /segredo/i);
});
