// The receiver's stream and the sender's events, read in pieces of any size, and what is hostile in them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventLines } from '../src/live/events.ts';
import { kLongestLine, StreamLines } from '../src/live/lines.ts';
import { readLiveLink } from '../src/live/link.ts';
import { join, toBase64url, utf8 } from '../src/sealed/bytes.ts';
import { ruled } from './live_pieces.ts';

const kBytes = toBase64url(ruled(0, 32));
const kOpening = { public_key: kBytes, mac: kBytes, salt: kBytes, chunks: 3, from: 0, attempt: 1 };

function taken(stream: Uint8Array, step: number) {
  const lines = new StreamLines();
  const items = [];
  for (let at = 0; at < stream.length; at += step) items.push(...lines.take(stream.subarray(at, at + step)));
  return items.map((item) => (item.kind === 'chunk' ? { ...item, sealed: toBase64url(item.sealed) }
    : item.kind === 'opening' ? { ...item, publicKey: toBase64url(item.publicKey), mac: toBase64url(item.mac), salt: toBase64url(item.salt) } : item));
}

function refused(text: string, step = 1): string {
  try {
    taken(utf8(text), step);
    return 'nothing';
  } catch (reason) {
    return reason instanceof Error ? reason.name : 'something';
  }
}

test('a stream is read whatever the pieces are', () => {
  const chunk = ruled(0, 1000);   // with line ends in it
  const stream = join([
    utf8(`\n{"event":"sender_away"}\n{"event":"something new"}\n{"event":"sender_back"}\n${JSON.stringify({ ...kOpening, new: [1] })}\n\n`),
    utf8('{"chunk":0,"bytes":1000}\n'), chunk, utf8('{"chunk":1,"bytes":1}\n\n'), utf8('{"error":{"code":"sender_gone","detail":"they left"}}\n'),
  ]);
  const all = taken(stream, stream.length);
  assert.deepEqual(all, [
    { kind: 'sender_away' }, { kind: 'sender_back' },
    { kind: 'opening', publicKey: kBytes, mac: kBytes, salt: kBytes, chunks: 3, from: 0 },
    { kind: 'chunk', number: 0, sealed: toBase64url(chunk) }, { kind: 'chunk', number: 1, sealed: 'Cg' },
    { kind: 'error', code: 'sender_gone', detail: 'they left' },
  ]);
  for (const step of [1, 2, 7, 100]) assert.deepEqual(taken(stream, step), all, String(step));
});

test('what can\'t be a stream is refused', () => {
  const hostile = [
    'nonsense\n', '[]\n', 'null\n', '"chunk"\n', '{"chunk":0}\n', '{"chunk":0,"bytes":0}\n', '{"chunk":0,"bytes":262161}\n', '{"chunk":0,"bytes":-1}\n',
    '{"chunk":-1,"bytes":5}\n', '{"chunk":1.5,"bytes":5}\n', '{"chunk":"0","bytes":5}\n', '{"chunk":9007199254740992,"bytes":5}\n',
    `${JSON.stringify({ ...kOpening, mac: undefined })}\n`, `${JSON.stringify({ ...kOpening, salt: 'AAAA' })}\n`, `${JSON.stringify({ ...kOpening, public_key: `${kBytes}=` })}\n`,
    `${JSON.stringify({ ...kOpening, chunks: '3' })}\n`, `${JSON.stringify({ ...kOpening, from: null })}\n`, '{"error":"gone"}\n',
    ' '.repeat(kLongestLine), `${' '.repeat(kLongestLine)}\n`,
  ];
  for (const text of hostile) for (const step of [1, 10_000]) assert.equal(refused(text, step), 'Damaged', text.trim());
  assert.equal(refused(`${' '.repeat(kLongestLine - 3)}{}\n`), 'nothing', 'the longest line there may be');
});

const kRequest = '01jd0f9qw00000000000000001';

test('events are read whatever the pieces are', () => {
  const stream = utf8([
    ': here\n\n', `event: hello\ndata: {"requests":["${kRequest}"]}\n\n`,
    `event: request\r\ndata: {"request_id":"${kRequest}","file":1,"public_key":"${kBytes}","mac":"${kBytes}","from":0,"attempt":2}\r\n\r\n`,
    `event:resume\ndata:{"request_id":"${kRequest}",\ndata: "from":5,"attempt":3}\n\n`,
    `event: cancel\ndata: {"request_id":"${kRequest}","reason":"idle"}\n\n`, 'event: end\ndata: {"reason":"expired"}\n\n', 'event: end\ndata: {"rea',
  ].join(''));
  for (const step of [1, 3, stream.length]) {
    const lines = new EventLines();
    const events = [];
    for (let at = 0; at < stream.length; at += step) events.push(...lines.take(stream.subarray(at, at + step)));
    assert.deepEqual(events.map(({ kind }) => kind), ['hello', 'request', 'resume', 'cancel', 'end'], String(step));
    assert.deepEqual(events[2], { kind: 'resume', requestId: kRequest, from: 5, attempt: 3 });
  }
});

test('events that are not whole are passed over, and none is without end', () => {
  const lines = new EventLines();
  const hostile = [
    '{', '[]', '{"request_id":"x"}', `{"request_id":"${kRequest}","from":-1,"attempt":1}`, `{"request_id":"${kRequest}","from":0}`, `{"request_id":"../../${kRequest}","from":0,"attempt":1}`,
  ];
  for (const data of hostile) assert.deepEqual(lines.take(utf8(`event: resume\ndata: ${data}\n\n`)), [], data);
  let refusal = 'nothing';
  try {
    for (let at = 0; at < 100; ++at) lines.take(utf8(`data: ${'x'.repeat(1000)}\n`));
  } catch (reason) {
    refusal = reason instanceof Error ? reason.name : 'something';
  }
  assert.equal(refusal, 'Damaged');
});

test('links are read, and others are not', () => {
  const secret = kBytes;
  for (const text of [`https://kith.example/live/l#0123456789ab.${secret}`, `#0123456789ab.${secret}`, ` 0123456789ab.${secret}\n`]) {
    assert.equal(readLiveLink(text)?.code, '0123456789ab', text);
  }
  const others = [
    '', `#0123456789a.${secret}`, `#0123456789AB.${secret}`, `#0123456789au.${secret}`, '#0123456789ab', `#0123456789ab.${secret.slice(1)}`,
    `#0123456789ab.${secret}.`, `#0123456789ab.${secret.slice(0, -1)}9`,
  ];
  for (const text of others) assert.equal(readLiveLink(text), undefined, text);
});
