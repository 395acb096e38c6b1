import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cnpj, cpf } from 'cpf-cnpj-validator';
import fc from 'fast-check';
import { formatDecimalAmount, MAX_PIX_AMOUNT_MINOR, parseDecimalAmount, readWrittenAmount } from './amount.ts';
import { crc16 } from './crc16.ts';
import { isEndToEndId, isWithinTolerance, makeEndToEndId, makeReturnId, parseEndToEndId, randomEndToEndId } from './end-to-end-id.ts';
import { maskPixKey, parsePixKey } from './pix-key.ts';
import { isCnpj, isCpf, maskTaxId } from './tax-id.ts';

test('crc16 gives the published check value', () => assert.equal(crc16('123456789'), '29B1'));

test('amounts go from text to centavos and back', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, MAX_PIX_AMOUNT_MINOR), (minor) => assert.equal(parseDecimalAmount(formatDecimalAmount(minor)), minor)),
  );
  assert.equal(formatDecimalAmount(5n), '0.05');
  for (const bad of ['10', '10.0', '10,00', '1.000', '-1.00', '+1.00', ' 1.00', '1.00\n', '1e1.00', '.50', '12345678901.00', '', '٣.٠٠']) {
    assert.equal(parseDecimalAmount(bad), null, bad);
  }
  assert.throws(() => formatDecimalAmount(-1n), RangeError);
  assert.throws(() => formatDecimalAmount(MAX_PIX_AMOUNT_MINOR + 1n), RangeError);
});

test('amounts as codes and charges write them: whole ones, a point at the end, one decimal; nothing that needs a guess', () => {
  const written = {
    '198': 19800n,
    '10': 1000n,
    '10.': 1000n,
    '0.9': 90n,
    '1000.0': 100000n,
    '39.9': 3990n,
    '2': 200n,
    '1.05': 105n,
    '0': 0n,
  };
  for (const [text, minor] of Object.entries(written)) assert.equal(readWrittenAmount(text), minor, text);
  for (const bad of ['', '.', '.5', '10.505', '10,5', '1.000.00', '+1', '-1', '1e3', ' 1', '1 ', '12345678901', '٣', '１０'])
    assert.equal(readWrittenAmount(bad), null, bad);
  fc.assert(
    fc.property(fc.bigInt(0n, MAX_PIX_AMOUNT_MINOR), (minor) => assert.equal(readWrittenAmount(formatDecimalAmount(minor)), minor)),
  );
});

test('CPF and CNPJ agree with cpf-cnpj-validator', () => {
  for (let i = 0; i < 500; i++) {
    assert.ok(isCpf(cpf.generate()));
    assert.ok(isCnpj(cnpj.generate()));
  }
  fc.assert(fc.property(fc.stringMatching(/^\d{11}$/), (text) => assert.equal(isCpf(text), cpf.isValid(text))));
  assert.ok(isCnpj('12ABC34501DE35'));
  for (const bad of ['12ABC34501DE36', '12abc34501de35', '00000000000000', '1144477735', '11111111111'])
    assert.ok(!isCnpj(bad) && !isCpf(bad), bad);
});

test('keys in the spelling of the directory', () => {
  const types = {
    '11144477735': 'cpf',
    '12ABC34501DE35': 'cnpj',
    '11222333000181': 'cnpj',
    '+5511987654321': 'phone',
    '+14155550100': 'phone',
    'pix@bcb.gov.br': 'email',
    '123e4567-e12b-12d1-a456-426655440000': 'evp',
  };
  for (const [key, type] of Object.entries(types)) assert.deepEqual(parsePixKey(key), { type, value: key });
  const long = `${'a'.repeat(66)}@exemplo.com`;
  for (const bad of [
    '',
    '11144477736',
    '5511987654321',
    '+550987654321',
    '+55119876543210',
    'Pix@bcb.gov.br',
    'a@',
    '@b',
    'a b@c.d',
    long,
    '123E4567-E12B-12D1-A456-426655440000',
  ]) {
    assert.equal(parsePixKey(bad), null, bad);
  }
});

test('a mask shows enough to recognise and too little to use', () => {
  const mask = (key: string) => maskPixKey(parsePixKey(key)!);
  assert.equal(mask('11144477735'), '***.444.777-**');
  assert.equal(mask('12ABC34501DE35'), '12.ABC.345/01DE-35');
  assert.equal(mask('+5511987654321'), '+55 (11) *****-4321');
  assert.equal(mask('maria@exemplo.com.br'), 'm***@exemplo.com.br');
  assert.equal(mask('123e4567-e12b-12d1-a456-426655440000'), '123e4567-****-****-****-********0000');
  assert.equal(maskTaxId('anything else'), '***');
});

test('end-to-end ids: the same input gives the same id, other input another', () => {
  const at = Date.parse('2026-03-09T23:59:59.999Z');
  const id = makeEndToEndId('12345678', at, 'payment-1');
  assert.match(id, /^E12345678202603092359[a-zA-Z0-9]{11}$/);
  assert.equal(makeEndToEndId('12345678', at, 'payment-1'), id);
  assert.notEqual(makeEndToEndId('12345678', at, 'payment-2'), id);
  assert.deepEqual(parseEndToEndId(id), {
    kind: 'payment',
    ispb: '12345678',
    atMs: Date.parse('2026-03-09T23:59Z'),
    sequence: id.slice(21),
  });
  const many = new Set(Array.from({ length: 5000 }, () => randomEndToEndId('ABCD1234', at)));
  assert.equal(many.size, 5000);
  for (const made of many) assert.ok(isEndToEndId(made));
  const back = makeReturnId('12345678', at, 'payment-1');
  assert.equal(back, `D${id.slice(1)}`);
  assert.deepEqual([parseEndToEndId(back)?.kind, isEndToEndId(back)], ['return', false]);
  assert.throws(() => makeEndToEndId('1234567', at, 'x'), RangeError);
  assert.throws(() => makeEndToEndId('12345678', Number.NaN, 'x'), RangeError);
});

test('end-to-end ids of the wrong form', () => {
  const good = 'E12345678202603092359abcDEF12345';
  assert.ok(isEndToEndId(good));
  assert.equal(parseEndToEndId(`D${good.slice(1)}`)?.kind, 'return');
  assert.ok(!isEndToEndId(`D${good.slice(1)}`));
  for (const bad of [
    good.slice(1),
    `${good}x`,
    ` ${good}`,
    `${good}\n`,
    good.toLowerCase(),
    good.replace('0309', '1309'),
    good.replace('0309', '0231'),
    good.replace('2359', '2459'),
  ]) {
    assert.equal(parseEndToEndId(bad), null, bad);
  }
  const parts = parseEndToEndId(good)!;
  assert.ok(isWithinTolerance(parts, parts.atMs + 12 * 3_600_000));
  assert.ok(!isWithinTolerance(parts, parts.atMs + 12 * 3_600_000 + 1));
});
