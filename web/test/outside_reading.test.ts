// Reading over connections that break, answers that lie, and addresses that run out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../src/api/problem.ts';
import { readAll } from '../src/outside/reading.ts';
import { join } from '../src/sealed/bytes.ts';
import { content } from './sealed_pieces.ts';

Object.defineProperty(globalThis, 'window', { value: new EventTarget(), configurable: true });
// Pauses are over at once.
const realTimeout = globalThis.setTimeout;
Object.defineProperty(globalThis, 'setTimeout', {
  value: (act: () => void, milliseconds: number) => realTimeout(act, milliseconds >= 30_000 ? milliseconds : 0), configurable: true,
});

const kAll = content(1000);

interface Asked { url: string; range: string | null }
type Answer = (asked: Asked) => Response | Promise<Response>;

function from(at: number, end = kAll.length, breaks = false): Response {
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (control) => {
      if (!sent) control.enqueue(kAll.slice(at, end));
      else if (breaks) control.error(new TypeError('connection reset'));
      else control.close();
      sent = true;
    },
  });
  return new Response(body, at === 0 ? {} : { status: 206, headers: { 'Content-Range': `bytes ${at}-${end - 1}/${kAll.length}` } });
}

const problem = (status: number, code: string, headers = {}) => new Response(JSON.stringify({ code }), { status, headers });

// Reads with these answers in turn; what was read, what was asked, whether it ever waited.
async function read(answers: Answer[], signal = new AbortController().signal) {
  const asked: Asked[] = [];
  const waits: boolean[] = [];
  const parts: Uint8Array[] = [];
  let addresses = 0;
  const fetchNow = async (url: string, options: { headers: Record<string, string> }) => {
    const one = { url, range: options.headers['Range'] ?? null };
    const answer = answers[asked.push(one) - 1];
    if (!answer) throw new TypeError('offline');
    return answer(one);
  };
  Object.defineProperty(globalThis, 'fetch', { value: fetchNow, configurable: true, writable: true });
  const done = readAll({
    size: kAll.length, signal, address: async () => `/content/${++addresses}`,
    take: async (piece) => { parts.push(piece); }, onWaiting: (waiting) => waits.push(waiting),
  });
  return { done, asked, waits, whole: () => join(parts) };
}

const failure = (done: Promise<void>) => done.then(() => 'nothing', (reason: Error) => (reason instanceof Problem ? reason.code : reason.name));

test('all in one', async () => {
  const { done, asked, whole } = await read([() => from(0)]);
  await done;
  assert.deepEqual(whole(), kAll);
  assert.deepEqual(asked, [{ url: '/content/1', range: null }]);
});

test('a break is gone on from where it was', async () => {
  const { done, asked, waits, whole } = await read([
    () => from(0, 300, true), () => from(300, 700), () => { throw new TypeError('offline'); }, () => problem(503, 'busy', { 'Retry-After': '1' }), () => from(700),
  ]);
  await done;
  assert.deepEqual(whole(), kAll);
  assert.deepEqual(asked.map(({ range }) => range), [null, 'bytes=300-', 'bytes=700-', 'bytes=700-', 'bytes=700-']);
  assert.ok(waits.includes(true));
  assert.equal(waits.at(-1), false);
});

test('an answer that takes no notice of the range is used as well', async () => {
  const { done, whole } = await read([() => from(0, 300, true), () => from(0)]);
  await done;
  assert.deepEqual(whole(), kAll);
});

test('an address that has run out is replaced', async () => {
  const { done, asked, whole } = await read([() => from(0, 300, true), () => problem(403, 'forbidden'), () => from(300)]);
  await done;
  assert.deepEqual(whole(), kAll);
  assert.deepEqual(asked.map(({ url }) => url), ['/content/1', '/content/1', '/content/2']);
});

test('addresses are not asked for without end', async () => {
  const { done, asked } = await read(Array.from({ length: 50 }, () => () => problem(403, 'forbidden')));
  assert.equal(await failure(done), 'forbidden');
  assert.ok(asked.length < 20);
});

test('what the server refuses is told', async () => {
  assert.equal(await failure((await read([() => problem(410, 'gone')])).done), 'gone');
  assert.equal(await failure((await read([() => from(0, 300, true), () => problem(404, 'not_found')])).done), 'not_found');
});

test('too much, too little and the wrong part are damage', async () => {
  const more = () => new Response(content(1001));
  assert.equal(await failure((await read([more])).done), 'Damaged');
  assert.equal(await failure((await read([() => from(0, 300), () => problem(416, 'range_not_satisfiable')])).done), 'Damaged');
  assert.equal(await failure((await read([() => from(0, 300), () => from(200)])).done), 'Damaged');
  const nothing = Array.from({ length: 30 }, () => () => from(300, 300));
  assert.equal(await failure((await read([() => from(0, 300), ...nothing])).done), 'Damaged');
});

test('cancelling ends it', async () => {
  const control = new AbortController();
  const { done } = await read([() => from(0, 300, true), () => { control.abort(); throw new TypeError('aborted'); }], control.signal);
  assert.equal(await failure(done), 'AbortError');
});
