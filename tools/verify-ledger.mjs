#!/usr/bin/env node
// Verifies an export of a Lastro ledger, or of its audit trail, with nothing but Node's standard library (Node 20 or later).
// Written from docs/proof.md alone and sharing no code with the platform: it is the second opinion.
//
//   node tools/verify-ledger.mjs export.jsonl [--head BATCH:HASH] [--days FOLDER] [--proof FILE]… [--tsa-ca FILE.pem] [--json]
//
// `-` reads standard input. Exit: 0 all is right, 1 something is wrong, 2 it could not be run.
import { createHash, verify as verifySignature, X509Certificate } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const LISTED = 100;
const sha = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const hexOf = (bytes) => bytes.toString('hex');
const unhex = (text) => Buffer.from(String(text), 'hex');
const leafOf = (line) => sha(Buffer.of(0), Buffer.from(line, 'utf8'));
const join = (left, right) => sha(Buffer.of(1), left, right);

/** Keys sorted at every depth, no spaces, null members left out: the form that is hashed. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const keys = Object.keys(value).filter((key) => value[key] !== null && value[key] !== undefined);
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
    .join(',')}}`;
}

/** The digest that is anchored: of the day's statement, and of nothing else that may lie beside it. */
function digestOfDay(day) {
  const names = ['tenantId', 'chain', 'day', 'firstSeq', 'lastSeq', 'count', 'root', 'previousRoot', 'batch', 'batchHash'];
  return sha(canonical(Object.fromEntries(names.map((name) => [name, day[name]]))));
}

/** RFC 6962 as a stack of peaks: [height, hash], heights falling. */
function plant(peaks, leaf) {
  let peak = [0, leaf];
  while (peaks.length > 0 && peaks[peaks.length - 1][0] === peak[0]) peak = [peak[0] + 1, join(peaks.pop()[1], peak[1])];
  peaks.push(peak);
}
function rootOf(peaks) {
  if (peaks.length === 0) return sha('');
  let root = peaks[peaks.length - 1][1];
  for (let at = peaks.length - 2; at >= 0; at--) root = join(peaks[at][1], root);
  return root;
}

/** The root a path leads to, walking down the definition of the tree and hashing on the way back; null when the path does not fit. */
function climb(leaf, index, size, siblings) {
  if (size === 1) return siblings.length === 0 ? leaf : null;
  if (siblings.length === 0) return null;
  let split = 1;
  while (split * 2 < size) split *= 2;
  const sibling = siblings[siblings.length - 1];
  const rest = siblings.slice(0, -1);
  const isLeft = index < split;
  const child = isLeft ? climb(leaf, index, split, rest) : climb(leaf, index - split, size - split, rest);
  return child && (isLeft ? join(child, sibling) : join(sibling, child));
}

const problems = [];
const notes = [];
let problemCount = 0;
let lineNumber = 0;
function report(code, place, detail) {
  problemCount++;
  if (problems.length < LISTED) problems.push({ code, line: lineNumber, ...place, detail });
}

/** Everything one pass over the lines keeps. */
const state = {
  header: null,
  end: null,
  records: 0,
  batches: 0,
  seq: 0,
  batch: 0,
  hash: null,
  time: '',
  waiting: [],
  day: null,
  lastDay: null,
  days: new Map(),
  rootsVerified: 0,
  accounts: new Map(),
  holds: new Map(),
  balances: 0,
  metHead: false,
  anchors: 0,
  unjudged: 0,
};

function readHeader(value) {
  const { export: kind, version, fromSeq, toSeq } = value;
  if (!['lastro-ledger', 'lastro-audit'].includes(kind) || version !== 1) throw new Error('não é uma exportação verificável da versão 1');
  if (!Number.isSafeInteger(fromSeq) || !Number.isSafeInteger(toSeq)) throw new Error('o cabeçalho não diz fromSeq e toSeq');
  state.header = value;
  state.seq = fromSeq - 1;
  state.batch = (value.fromBatch ?? 1) - 1;
  state.hash = value.previousHash ? unhex(value.previousHash) : state.batch === 0 ? Buffer.alloc(32) : null;
  if (fromSeq > 1) notes.push(`A exportação começa no registro ${fromSeq}: saldos e reservas não são refeitos.`);
}

const hasBooks = () => state.header.export === 'lastro-ledger' && state.header.fromSeq === 1;

function readRecord(text, value) {
  if (!Number.isSafeInteger(value.seq) || typeof value.recordedAt !== 'string') throw new Error('registro sem seq ou recordedAt');
  state.records++;
  state.waiting.push({ seq: value.seq, at: value.recordedAt, leaf: leafOf(text) });
  if (state.waiting.length > 100_000) {
    report('BATCH_MISSING', { seq: value.seq }, 'Registros demais sem a linha do seu lote.');
    state.waiting = [];
  }
  if (value.debitAccountId !== undefined && hasBooks()) book(value);
}

function book(move) {
  const debit = state.accounts.get(move.debitAccountId);
  const credit = state.accounts.get(move.creditAccountId);
  if (!debit || !credit)
    return report('ACCOUNT_UNKNOWN', { seq: move.seq }, `O registro ${move.seq} move uma conta que o arquivo não traz.`);
  if (debit.asset !== credit.asset) report('BOOKS_UNBALANCED', { seq: move.seq }, `O registro ${move.seq} mistura ativos.`);
  const amount = BigInt(move.amountMinor);
  const held = BigInt(move.heldMinor ?? 0);
  if (['transfer', 'settle', 'reverse'].includes(move.kind)) {
    debit.postedDebitsMinor += amount;
    credit.postedCreditsMinor += amount;
  }
  const pending = move.kind === 'hold' ? amount : -held;
  debit.pendingDebitsMinor += pending;
  credit.pendingCreditsMinor += pending;
  if (move.kind === 'hold') return state.holds.set(move.id, [move.debitAccountId, move.creditAccountId, amount]);
  if (move.holdId === undefined) return;
  const hold = state.holds.get(move.holdId);
  const rest = BigInt(move.remainingMinor ?? 0);
  if (hold && rest > 0n) state.holds.set(move.holdId, [hold[0], hold[1], rest]);
  else state.holds.delete(move.holdId);
  const isSame = hold && hold[0] === move.debitAccountId && hold[1] === move.creditAccountId && hold[2] === held + rest;
  if (!isSame || (move.kind === 'settle' && amount > held))
    report('HOLD_WRONG', { seq: move.seq }, `O registro ${move.seq} encerra a reserva ${move.holdId}, que não está aberta ou não é assim.`);
}

function readBatch(said) {
  state.batches++;
  const { batch, firstSeq, lastSeq } = said;
  const records = state.waiting;
  state.waiting = [];
  if (batch <= state.batch) return report('RECORD_ORDER', { batch, seq: firstSeq }, `O lote ${batch} vem depois do lote ${state.batch}.`);
  const isNext = batch === state.batch + 1;
  if (!isNext) report('BATCH_MISSING', { batch, seq: firstSeq }, `Faltam os lotes ${state.batch + 1} a ${batch - 1}.`);
  if (firstSeq !== state.seq + 1)
    report('RECORD_MISSING', { batch, seq: state.seq + 1 }, `Depois do registro ${state.seq} vem o ${firstSeq}.`);
  if (said.recordedAt < state.time) report('TIME_WENT_BACK', { batch, seq: firstSeq }, `O lote ${batch} é anterior ao que o precede.`);
  const own = ownRecords(said, records);
  if (own && isNext && state.hash) compareHash(said, own);
  state.time = said.recordedAt;
  for (const { leaf } of own ?? []) addToDay(said, leaf);
  if (own?.length) Object.assign(state.day, { batch, batchHash: said.hash });
  state.batch = batch;
  state.seq = Math.max(state.seq, lastSeq);
  state.hash = unhex(said.hash);
  const { head } = known;
  if (head && head.batch === batch) {
    state.metHead = true;
    if (head.hash !== said.hash) report('HEAD_DIFFERS', { batch }, `O lote ${batch} tem o hash ${said.hash}, não ${head.hash}.`);
  }
}

/** The batch's records, in order, each once; null when some are missing. */
function ownRecords({ batch, firstSeq, lastSeq, recordedAt }, records) {
  const bySeq = new Map();
  let previous = 0;
  for (const record of records) {
    const { seq, at } = record;
    if (seq < firstSeq || seq > lastSeq) report('RECORD_FOREIGN', { batch, seq }, `O registro ${seq} não é do lote ${batch}.`);
    else {
      if (seq <= previous) report('RECORD_ORDER', { batch, seq }, `O registro ${seq} está fora da ordem, ou repetido.`);
      if (at !== recordedAt) report('RECORD_CHANGED', { batch, seq }, `O registro ${seq} diz ${at}; o lote, ${recordedAt}.`);
      previous = seq;
      bySeq.set(seq, record);
    }
  }
  const own = [];
  for (let seq = firstSeq; seq <= lastSeq; seq++) {
    if (!bySeq.has(seq)) {
      report('RECORD_MISSING', { batch, seq }, `Falta o registro ${seq}, do lote ${batch}.`);
      return null;
    }
    own.push(bySeq.get(seq));
  }
  return own;
}

function compareHash({ batch, hash, firstSeq, refused, leaves }, own) {
  const refusals = refused?.length ? JSON.stringify([...refused].sort((a, b) => (a[0] < b[0] ? -1 : 1))) : '';
  const hashOver = (hashes) => hexOf(sha(state.hash, ...hashes, refusals));
  if (hashOver(own.map(({ leaf }) => leaf)) === hash) return;
  const kept = (leaves ?? []).map(unhex);
  const changed = kept.length === own.length && hashOver(kept) === hash ? own.filter(({ leaf }, at) => !leaf.equals(kept[at])) : [];
  for (const { seq } of changed) report('RECORD_CHANGED', { batch, seq }, `O registro ${seq} foi alterado.`);
  if (changed.length === 0)
    report('RECORD_CHANGED', { batch, seq: firstSeq }, `O lote ${batch} não tem o hash que diz: um registro ou uma recusa foi alterado.`);
}

function addToDay({ recordedAt, firstSeq }, leaf) {
  const date = recordedAt.slice(0, 10);
  if (state.day?.date !== date) state.day = { date, firstSeq, count: 0, peaks: [], batch: 0, batchHash: '' };
  state.day.count++;
  plant(state.day.peaks, leaf);
}

function readDay(said) {
  const { day, root } = said;
  const place = { day, seq: said.firstSeq };
  const before = state.lastDay?.root;
  const mayNotSay = state.header.fromSeq === 1 && !state.lastDay;
  if (state.lastDay ? said.previousRoot !== before : mayNotSay && said.previousRoot !== undefined)
    report('ROOT_CHAIN_BROKEN', place, `O dia ${day} não segue a raiz do dia que o precede aqui.`);
  const digest = digestOfDay(said);
  state.lastDay = said;
  state.days.set(day, { ...said, digest });
  if (said.tenantId !== state.header.tenantId || `lastro-${said.chain}` !== state.header.export)
    report('DAY_WRONG', place, `A raiz do dia ${day} é de outra cadeia.`);
  const outside = known.days.get(day);
  if (outside && !digestOfDay(outside).equals(digest)) report('KNOWN_DAY_DIFFERS', place, `O dia ${day} difere do que está guardado fora.`);
  if (said.firstSeq < state.header.fromSeq) return;
  const mine = state.day;
  const isSame = mine?.date === day && mine.firstSeq === said.firstSeq && state.seq === said.lastSeq && mine.count === said.count;
  const isPlaced = isSame && mine.batch === said.batch && mine.batchHash === said.batchHash;
  if (mine?.date === day && isSame && hexOf(rootOf(mine.peaks)) !== root)
    report('ROOT_WRONG', place, `A raiz do dia ${day} não é a que seus registros dão.`);
  else if (!isPlaced) report('DAY_WRONG', place, `O dia ${day} não é como seus registros e lotes.`);
  else state.rootsVerified++;
}

function readAnchor({ day, driver, evidence }) {
  const stated = state.days.get(day);
  if (!stated) return report('ANCHOR_WRONG', { day }, `Há âncora do dia ${day}, que não está na exportação.`);
  if (driver !== 'rfc3161') return;
  if (known.authorities.length === 0) {
    state.unjudged++;
    return;
  }
  try {
    const at = checkToken(Buffer.from(evidence, 'base64'), stated.digest, known.authorities);
    if (at.slice(0, 10) < day) throw new Error(`o carimbo (${at}) é anterior ao dia`);
    state.anchors++;
  } catch (error) {
    report('ANCHOR_WRONG', { day }, `Âncora do dia ${day}: ${error.message}.`);
  }
}

const TOTALS = ['postedDebitsMinor', 'postedCreditsMinor', 'pendingDebitsMinor', 'pendingCreditsMinor'];

function readAccount({ id, asset }) {
  if (state.accounts.has(id)) return report('LINE_MALFORMED', {}, `A conta ${id} aparece duas vezes.`);
  state.accounts.set(id, { asset, told: false, ...Object.fromEntries(TOTALS.map((name) => [name, 0n])) });
}

function readBalance(said) {
  if (!hasBooks()) return;
  const account = state.accounts.get(said.accountId);
  if (!account) return report('ACCOUNT_UNKNOWN', {}, `Há saldo da conta ${said.accountId}, que o arquivo não traz.`);
  state.balances++;
  account.told = true;
  for (const name of TOTALS)
    if (account[name].toString() !== said[name])
      report('BALANCE_WRONG', {}, `Conta ${said.accountId}: ${name} diz ${said[name]}; os registros dão ${account[name]}.`);
}

const READERS = {
  batch: readBatch,
  day: readDay,
  anchor: readAnchor,
  account: readAccount,
  balance: readBalance,
  end: (end) => (state.end = end),
};

function readLine(text) {
  lineNumber++;
  if (text === '') return;
  try {
    const value = JSON.parse(text);
    if (value === null || typeof value !== 'object') throw new Error('não é um objeto');
    if (!state.header) readHeader(value);
    else if (state.end) throw new Error('vem depois do fim');
    else if ('seq' in value) readRecord(text, value);
    else {
      const [name] = Object.keys(value);
      if (!Object.hasOwn(READERS, name)) throw new Error(`"${name}" não é uma linha deste formato`);
      READERS[name](value[name]);
    }
  } catch (error) {
    report('LINE_MALFORMED', {}, `A linha ${lineNumber} não pode ser lida: ${error.message}.`);
  }
}

function finish() {
  if (!state.header) return lineNumber === 0 ? report('LINE_MALFORMED', {}, 'O arquivo está vazio.') : undefined;
  const { header, end } = state;
  const place = { seq: state.seq + 1, batch: state.batch + 1 };
  const cut = (detail, where = place) => report('TAIL_CUT', where, detail);
  if (state.waiting.length > 0) cut('O arquivo termina no meio de um lote.');
  if (state.seq !== header.toSeq) cut(`O arquivo promete até o registro ${header.toSeq} e vai até o ${state.seq}.`);
  if (!end) cut('O arquivo não tem a linha final.');
  else {
    const has = {
      records: state.records,
      batches: state.batches,
      lastSeq: state.seq,
      lastBatch: state.batch,
      hash: state.hash ? hexOf(state.hash) : end.hash,
    };
    for (const [name, value] of Object.entries(has))
      if (end[name] !== value) cut(`A linha final diz ${name} ${end[name]}; aqui há ${value}.`);
  }
  if (known.head?.batch > state.batch) cut(`A cadeia é conhecida até o lote ${known.head.batch}; o arquivo termina no ${state.batch}.`);
  else if (known.head && !state.metHead) notes.push(`O lote conhecido (${known.head.batch}) não está nesta exportação.`);
  for (const day of known.days.values()) {
    if (state.days.has(day.day) || day.lastSeq < header.fromSeq) continue;
    const where = { day: day.day, seq: Math.min(day.firstSeq, state.seq + 1) };
    if (day.lastSeq > state.seq)
      cut(`O dia ${day.day}, guardado fora, vai até o registro ${day.lastSeq}.`, { ...where, seq: state.seq + 1 });
    else report('KNOWN_DAY_DIFFERS', where, `O dia ${day.day}, guardado fora, não está na exportação.`);
  }
  if (hasBooks()) closeBooks();
  if (state.unjudged > 0) notes.push(`${state.unjudged} carimbos do tempo não foram conferidos: falta --tsa-ca.`);
}

function closeBooks() {
  const sums = new Map();
  let pending = 0n;
  for (const account of state.accounts.values()) {
    const sum = sums.get(account.asset) ?? [0n, 0n];
    sums.set(account.asset, [
      sum[0] + account.postedDebitsMinor - account.postedCreditsMinor,
      sum[1] + account.pendingDebitsMinor - account.pendingCreditsMinor,
    ]);
    pending += account.pendingDebitsMinor;
  }
  for (const [asset, [posted, held]] of sums)
    if (posted !== 0n || held !== 0n)
      report('BOOKS_UNBALANCED', {}, `${asset}: débitos e créditos diferem em ${posted}; pendentes, em ${held}.`);
  const open = [...state.holds.values()].reduce((sum, hold) => sum + hold[2], 0n);
  if (open !== pending) report('BOOKS_UNBALANCED', {}, `As reservas abertas somam ${open}; os saldos pendentes, ${pending}.`);
  const untold = [...state.accounts.values()].filter(({ told }) => !told).length;
  if (state.balances > 0 && untold > 0) report('BALANCE_WRONG', {}, `Faltam os saldos de ${untold} contas.`);
  else if (state.balances === 0 && untold > 0) notes.push('A exportação não traz saldos: foram refeitos, mas não comparados.');
}

function checkProof(proof) {
  const wrong = (detail) => report('PROOF_WRONG', { day: proof.day, seq: proof.seq }, `Prova do registro ${proof.seq}: ${detail}.`);
  const leaf = leafOf(proof.line);
  const { leafIndex: index, treeSize: size } = proof;
  const isPlace = Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size;
  const root = isPlace ? climb(leaf, index, size, proof.path.map(unhex)) : null;
  let said = {};
  try {
    said = JSON.parse(proof.line);
  } catch {
    return wrong('a linha não é JSON');
  }
  if (hexOf(leaf) !== proof.leafHash || said.seq !== proof.seq) return wrong('a linha não é a que a prova diz');
  if (!root || hexOf(root) !== proof.root) return wrong('o caminho não leva à raiz');
  const day = state.days.get(proof.day);
  if (!state.header) return 1;
  if (proof.tenantId !== state.header.tenantId) return wrong('é de outro cliente');
  if (!day) notes.push(`A prova do registro ${proof.seq} é do dia ${proof.day}, cuja raiz não está na exportação.`);
  else if (day.root !== proof.root) {
    if (proof.isFinal) return wrong(`sua raiz não é a do dia ${proof.day}`);
    notes.push(`A prova do registro ${proof.seq} é de antes do fim do dia ${proof.day}: peça outra.`);
  } else if (size !== day.count || index !== proof.seq - day.firstSeq) return wrong('seu lugar no dia é outro');
  else return 1;
}

// --- RFC 3161: a time-stamp token, read byte by byte ---------------------------------------------------------------------------------

/** One DER element: its tag, its whole bytes, its content; children are read when asked for. */
function der(bytes, at = 0) {
  if (at + 2 > bytes.length) throw new Error('o carimbo está truncado');
  const tag = bytes[at];
  let length = bytes[at + 1];
  let start = at + 2;
  if (length & 0x80) {
    const size = length & 0x7f;
    if (size === 0 || size > 4) throw new Error('o carimbo não é DER');
    length = bytes.readUIntBE(start, size);
    start += size;
  }
  if (start + length > bytes.length) throw new Error('o carimbo está truncado');
  return { tag, start: at, end: start + length, whole: bytes.subarray(at, start + length), content: bytes.subarray(start, start + length) };
}
function children(element) {
  const found = [];
  for (let at = 0; at < element.content.length; ) {
    const child = der(element.content, at);
    found.push(child);
    at = child.end;
  }
  return found;
}
/** An octet string, whole or in the parts some write it in. */
const octetsOf = (element) => (element.tag === 0x24 ? Buffer.concat(children(element).map(octetsOf)) : element.content);
const isOid = (element, hex) => element?.tag === 6 && hexOf(element.content) === hex;
const SIGNED_DATA = '2a864886f70d010702';
const TST_INFO = '2a864886f70d0109100104';
const MESSAGE_DIGEST = '2a864886f70d010904';
const CONTENT_TYPE = '2a864886f70d010903';
const SIGNING_CERTIFICATES = { '2a864886f70d010910020c': 'sha1', '2a864886f70d010910022f': 'sha256' };
const HASHES = { '608648016503040201': 'sha256', '608648016503040202': 'sha384', '608648016503040203': 'sha512' };
const hashName = (algorithm) => {
  const name = HASHES[hexOf(children(algorithm)[0].content)];
  if (!name) throw new Error('o carimbo usa um hash que não é SHA-2');
  return name;
};

/** Checks that a token stamps this digest and is signed by a stamping certificate that leads to one of the authorities. Gives its time. */
function checkToken(token, digest, authorities) {
  const [type, wrapped] = children(der(token));
  if (!isOid(type, SIGNED_DATA)) throw new Error('o carimbo não é CMS SignedData');
  const parts = children(children(wrapped)[0]);
  const [contentType, octets] = children(parts[2]);
  if (!isOid(contentType, TST_INFO)) throw new Error('o conteúdo não é um carimbo do tempo');
  const content = octetsOf(children(octets)[0]);
  const info = children(der(content));
  const imprint = children(info[2]);
  if (hashName(imprint[0]) !== 'sha256' || !imprint[1].content.equals(digest)) throw new Error('o carimbo é de outro resumo');
  const stamped = timeOf(info[4]);
  const certificates = children(parts.find(({ tag }) => tag === 0xa0) ?? { content: Buffer.alloc(0) })
    .filter(({ tag }) => tag === 0x30)
    .map(({ whole }) => new X509Certificate(whole));
  const signer = children(children(parts[parts.length - 1])[0]);
  const certificate = signerOf(signer[1], certificates);
  const attributes = signer.find(({ tag }) => tag === 0xa0);
  if (!attributes) throw new Error('o carimbo não tem atributos assinados');
  const hash = hashName(signer[2]);
  checkAttributes(attributes, createHash(hash).update(content).digest(), certificate);
  // What is signed is the SET itself, not the [0] that stands for it inside the token.
  const signed = Buffer.concat([Buffer.of(0x31), attributes.whole.subarray(1)]);
  const [algorithm, signature] = signer.slice(signer.indexOf(attributes) + 1);
  checkSignature(signed, signature.content, algorithm, hash, certificate);
  checkChain(certificate, certificates, authorities, stamped);
  return stamped.toISOString();
}

function timeOf({ tag, content }) {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/.exec(content.toString('latin1'));
  if (tag !== 0x18 || !match) throw new Error('o carimbo não diz quando');
  const [, year, month, day, hour, minute, second, fraction = ''] = match;
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}Z`);
}

function signerOf(identifier, certificates) {
  const [issuer, serial] = children(identifier);
  for (const certificate of certificates) {
    const fields = children(children(der(certificate.raw))[0]);
    const at = fields[0].tag === 0xa0 ? 1 : 0;
    if (fields[at].content.equals(serial.content) && fields[at + 2].whole.equals(issuer.whole)) return certificate;
  }
  throw new Error('o carimbo não traz o certificado de quem o assinou');
}

function checkAttributes(attributes, contentDigest, certificate) {
  let [digestSeen, typeSeen, certificateSeen] = [false, false, false];
  for (const attribute of children(attributes)) {
    const [type, values] = children(attribute);
    const value = children(values)[0];
    if (isOid(type, MESSAGE_DIGEST)) digestSeen = value.content.equals(contentDigest);
    if (isOid(type, CONTENT_TYPE)) typeSeen = isOid(value, TST_INFO);
    const form = SIGNING_CERTIFICATES[hexOf(type.content)];
    if (form) certificateSeen ||= namesCertificate(value, form, certificate);
  }
  if (!digestSeen || !typeSeen) throw new Error('a assinatura é de outro conteúdo');
  if (!certificateSeen) throw new Error('a assinatura não diz com que certificado foi feita');
}

function namesCertificate(value, form, certificate) {
  const fields = children(children(children(value)[0])[0]);
  const named = fields[0].tag === 0x30 ? hashName(fields[0]) : form;
  const said = fields.find(({ tag }) => tag === 4);
  return said !== undefined && createHash(named).update(certificate.raw).digest().equals(said.content);
}

const RSA_PSS = '2a864886f70d01010a';
function checkSignature(signed, signature, algorithm, hash, certificate) {
  if (isOid(children(algorithm)[0], RSA_PSS)) throw new Error('a assinatura RSA-PSS não é conferida aqui');
  if (!verifySignature(hash, signed, certificate.publicKey, signature)) throw new Error('a assinatura do carimbo não confere');
}

const isValidAt = (certificate, time) => new Date(certificate.validFrom) <= time && time <= new Date(certificate.validTo);

function checkChain(certificate, others, authorities, time) {
  if (!certificate.keyUsage?.includes('1.3.6.1.5.5.7.3.8')) throw new Error('o certificado não é de carimbo do tempo');
  let current = certificate;
  for (let depth = 0; depth < 8; depth++) {
    if (!isValidAt(current, time)) throw new Error('um certificado não valia no instante do carimbo');
    if (authorities.some((one) => one.raw.equals(current.raw))) return;
    const signs = (one) => current.checkIssued(one) && current.verify(one.publicKey);
    const above = authorities.find(signs) ?? others.find((one) => one.ca && !one.raw.equals(current.raw) && signs(one));
    if (!above) break;
    current = above;
  }
  throw new Error('o certificado não leva a uma autoridade dada');
}

// --- What is known from outside, and the run itself ----------------------------------------------------------------------------------

function statementsUnder(folder) {
  const files = readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.json'));
  return files.map((file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
}

function authoritiesIn(file) {
  const pem = readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return pem.map((one) => new X509Certificate(one));
}

const known = { head: null, days: new Map(), authorities: [] };

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      head: { type: 'string' },
      days: { type: 'string' },
      proof: { type: 'string', multiple: true, default: [] },
      'tsa-ca': { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  if (positionals.length !== 1) throw new Error('diga um arquivo de exportação, ou - para a entrada padrão');
  if (values.head) {
    const [, batch, hash] = /^(\d+):([0-9a-f]{64})$/.exec(values.head) ?? [];
    if (!hash) throw new Error('--head é LOTE:HASH');
    known.head = { batch: Number(batch), hash };
  }
  if (values['tsa-ca']) known.authorities = authoritiesIn(values['tsa-ca']);
  const input = positionals[0] === '-' ? process.stdin : createReadStream(positionals[0]);
  const statements = values.days ? statementsUnder(values.days) : [];
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    readLine(line);
    if (lineNumber > 1 || !state.header) continue;
    const { tenantId, export: kind } = state.header;
    const mine = statements.filter((day) => day.tenantId === tenantId && `lastro-${day.chain}` === kind);
    known.days = new Map(mine.map((day) => [day.day, day]));
  }
  finish();
  let proofsVerified = 0;
  for (const file of values.proof) proofsVerified += checkProof(JSON.parse(readFileSync(file, 'utf8'))) ?? 0;
  const { header, records, batches, rootsVerified, anchors } = state;
  const summary = {
    ok: problemCount === 0,
    export: header?.export,
    tenantId: header?.tenantId,
    records,
    batches,
    lastSeq: state.seq,
    lastBatch: state.batch,
  };
  const result = {
    ...summary,
    head: state.hash && hexOf(state.hash),
    rootsVerified,
    anchorsVerified: anchors,
    proofsVerified,
    problemCount,
    problems,
    notes,
  };
  if (values.json) console.log(JSON.stringify(result, null, 2));
  else print(result);
  process.exitCode = result.ok ? 0 : 1;
}

function print(result) {
  const { records, batches, lastSeq, lastBatch, head, rootsVerified, anchorsVerified, proofsVerified } = result;
  console.log(
    `${result.export ?? 'sem cabeçalho'}, ${result.tenantId ?? '?'}: ${records} registros em ${batches} lotes, até o ${lastSeq}.`,
  );
  console.log(
    `Raízes conferidas: ${rootsVerified}; âncoras: ${anchorsVerified}; provas: ${proofsVerified}. Fim da cadeia: ${lastBatch}:${head}`,
  );
  for (const note of notes) console.log(`nota: ${note}`);
  for (const { code, line, detail } of problems) console.log(`ERRO ${code}, linha ${line}: ${detail}`);
  if (problemCount > problems.length) console.log(`… e mais ${problemCount - problems.length}`);
  console.log(result.ok ? 'Está tudo certo.' : `${problemCount} problemas.`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 2;
});
