import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { createStream, formatEvent, type LiveEvent } from './stream.ts';

function fakeResponse() {
  const raw = Object.assign(new EventEmitter(), {
    text: '',
    writableLength: 0,
    ended: false,
    write(part: string) {
      raw.text += part;
      return true;
    },
    end() {
      raw.ended = true;
    },
  });
  return raw;
}
const open = () => {
  const raw = fakeResponse();
  let ends = 0;
  const stream = createStream(raw as unknown as ServerResponse, {
    sessionId: 's',
    subject: 't/p',
    account: 't/p',
    onEnd: () => {
      ends++;
    },
  });
  return { raw, stream, ends: () => ends };
};
const payment = (position: bigint): LiveEvent => ({ event: 'payment', data: { id: 'pay', status: 'settled' }, position });

test('an event is written by the rules of server-sent events', () => {
  assert.equal(formatEvent(payment(7n)), 'id: 7\nevent: payment\ndata: {"id":"pay","status":"settled"}\n\n');
  assert.equal(formatEvent({ event: 'balance', data: { a: 'x\ny' } }), 'event: balance\ndata: {"a":"x\\ny"}\n\n');
});

test('each event of the log is shown once and in order, what has no place in it always', () => {
  const { raw, stream } = open();
  for (const position of [3n, 5n, 4n, 5n, 6n, 6n]) stream.push(payment(position));
  for (let twice = 0; twice < 2; twice++) stream.push({ event: 'balance', data: {} });
  assert.deepEqual(
    [...raw.text.matchAll(/id: (\d+)/g)].map((match) => match[1]),
    ['3', '5', '6'],
  );
  assert.equal(raw.text.match(/event: balance/g)?.length, 2);
});

test('a slow reader is cut, once', () => {
  const { raw, stream, ends } = open();
  raw.writableLength = 300 * 1024;
  stream.push(payment(1n));
  stream.push(payment(2n));
  raw.emit('close');
  assert.deepEqual([raw.ended, raw.text, ends(), stream.ended], [true, '', 1, true]);
});
