// Both engines of live transfers, the sender's and the receiver's, with a daemon between them that carries, breaks and
// meddles.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveDownload, LiveVisit } from '../src/live/fetching.ts';
import { readLiveLink } from '../src/live/link.ts';
import { LiveOffer } from '../src/live/offer.ts';
import { type Bytes, join, toBase64url } from '../src/sealed/bytes.ts';
import { FakeDaemon, type Fields, kCode, type Meddling, problem } from './live_daemon.ts';
import { ruled } from './live_pieces.ts';
import './sealed_pieces.ts';

Object.defineProperty(globalThis, 'window', { value: new EventTarget(), configurable: true });
// Pauses are over at once.
const realTimeout = globalThis.setTimeout;
Object.defineProperty(globalThis, 'setTimeout', {
  value: (act: () => void, milliseconds: number) => realTimeout(act, milliseconds >= 30_000 ? milliseconds : 0), configurable: true,
});

const kPiece = 262_144;
const kSome = ruled(0, 5 * kPiece + 17);    // seven chunks with the closing one

const fileOf = (bytes: Bytes, name = 'holiday.tar') => new File([bytes], name, { type: 'application/x-tar' });

class Taken {
  parts: Bytes[] = [];
  finished = false;
  discarded = false;
  before: (() => Promise<void> | void) | undefined;   // each piece

  async write(piece: Bytes) {
    await this.before?.();
    this.parts.push(piece.slice());
  }

  async finish() { this.finished = true; }
  async discard() { this.discarded = true; }
  get whole(): Bytes { return join(this.parts); }
}

const kDeadline = 60_000;  // milliseconds

async function until(holds: () => boolean, what: string): Promise<void> {
  const end = performance.now() + kDeadline;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function offered(files: File[], meddling: Meddling = {}) {
  const daemon = new FakeDaemon(meddling);
  const offer = new LiveOffer(files);
  await offer.open();
  await until(() => offer.phase.value.kind === 'open', 'the offer is open');
  const link = readLiveLink(offer.link.value ?? '');
  if (!link) throw new Error('no link');
  const visit = new LiveVisit(link);
  await visit.read();
  return { daemon, offer, visit, link };
}

function fetching(visit: LiveVisit, number = 0) {
  const download = visit.download(number);
  const target = new Taken();
  return { download, target, done: download.start(target) };
}

const outcome = ({ state: { value: state } }: LiveDownload) => (state.kind === 'failed' ? state.problem.code : state.kind);
const states = (offer: LiveOffer) => offer.transfers.value.map(({ state, reason }) => reason.value ?? state.value);
const same = (a: Bytes, b: Bytes) => toBase64url(a) === toBase64url(b);

for (const size of [0, 1, kPiece, kPiece + 1, kSome.length]) {
  test(`${size} bytes get from one end to the other`, async () => {
    const content = kSome.slice(0, size);
    const { offer, visit, link } = await offered([fileOf(content)]);
    assert.equal(link.code, kCode);
    assert.deepEqual(visit.listing.value?.files, [{ name: 'holiday.tar', size, type: 'application/x-tar' }]);
    const { download, target, done } = fetching(visit);
    await done;
    assert.equal(outcome(download), 'done');
    assert.ok(target.finished && !target.discarded);
    assert.ok(same(target.whole, content));
    assert.equal(download.received.value, size);
    await until(() => states(offer)[0] === 'received', 'the receipt');
    assert.equal(offer.transfers.value[0]?.taken.value, size);
    assert.ok(!offer.busy.value);
    offer.leave();
  });
}

test('several receivers at once share the connections', async () => {
  const { daemon, offer, visit } = await offered([fileOf(kSome), fileOf(ruled(3, kPiece * 2), 'b')]);
  const all = [fetching(visit), fetching(visit), fetching(visit, 1), fetching(visit), fetching(visit, 1)];
  await Promise.all(all.map(({ done }) => done));
  for (const { download, target } of all) {
    assert.equal(outcome(download), 'done');
    assert.ok(same(target.whole, download.number === 0 ? kSome : ruled(3, kPiece * 2)));
  }
  await until(() => states(offer).every((one) => one === 'received'), 'all receipts');
  assert.ok(daemon.mostPuts <= 3, `${daemon.mostPuts} at a time`);
  offer.leave();
});

test('one who does not read holds back neither others nor the sender\'s memory', async () => {
  const { daemon, offer, visit } = await offered([fileOf(ruled(0, 40 * kPiece))]);
  let go = () => {};
  const slow = fetching(visit);
  slow.target.before = () => new Promise((resolve) => { go = resolve; });
  await until(() => daemon.farthest >= 13 && daemon.puts === 1, 'the queue is full');
  const quick = fetching(visit);
  await quick.done;
  assert.equal(outcome(quick.download), 'done');
  assert.equal(slow.target.parts.length, 0);
  slow.target.before = undefined;
  go();
  await slow.done;
  assert.equal(outcome(slow.download), 'done');
  offer.leave();
});

test('it goes on after the receiver\'s connection broke, with the same keys and a fresh salt', async () => {
  const left = new Set([2, 5]);
  const openings: Fields[] = [];
  const { daemon, offer, visit } = await offered([fileOf(kSome)], {
    end: (number) => (left.delete(number) ? 'break' : undefined),
    opening: (line) => { openings.push(line); return line; },
  });
  const { download, target, done } = fetching(visit);
  await done;
  assert.equal(outcome(download), 'done');
  assert.ok(same(target.whole, kSome));
  assert.deepEqual(openings.map(({ from }) => from), [0, 2, 5]);
  assert.equal(new Set(daemon.salts).size, 3);
  assert.equal(new Set(openings.map((one) => one['public_key'])).size, 1);
  await until(() => states(offer)[0] === 'received', 'the receipt');
  offer.leave();
});

test('it goes on after the sender\'s connection broke', async () => {
  const { daemon, offer, visit } = await offered([fileOf(kSome)]);
  const phases: string[] = [];
  offer.phase.subscribe(({ kind }) => phases.push(kind));
  const { download, target, done } = fetching(visit);
  let broken = false;
  target.before = () => {
    if (!broken && target.parts.length === 2) daemon.breakEvents();
    broken ||= target.parts.length === 2;
  };
  await done;
  assert.equal(outcome(download), 'done');
  assert.ok(same(target.whole, kSome));
  await until(() => states(offer)[0] === 'received', 'the receipt');
  assert.deepEqual(phases, ['open', 'away', 'open']);
  offer.leave();
});

test('what ended while the sender could not hear it has ended', async () => {
  const { daemon, offer, visit } = await offered([fileOf(kSome)]);
  const { download, target, done } = fetching(visit);
  target.before = () => {
    daemon.tell('hello', { requests: [] });
    return until(() => states(offer)[0] === 'cancelled_by_receiver', 'the sender knows').then(() => download.cancel());
  };
  await done;
  assert.ok(!offer.busy.value);
  offer.leave();
});

test('a chunk that was not taken is sent again as it was', async () => {
  let busy = 3;
  const { offer, visit } = await offered([fileOf(kSome)], {
    put: (number) => (number === 1 && busy-- > 0 ? problem(503, 'busy', { 'Retry-After': '1' }) : undefined),
  });
  const { download, target, done } = fetching(visit);
  await done;
  assert.equal(outcome(download), 'done');
  assert.ok(same(target.whole, kSome));
  offer.leave();
});

const flipped = (bytes: Bytes): Bytes => {
  const other = bytes.slice();
  other[7] = (other[7] ?? 0) ^ 1;
  return other;
};
const kOtherKey = toBase64url(ruled(9, 32));

let kept: Bytes | undefined;
const kHostile: Record<string, Meddling> = {
  'the sender\'s key is swapped': { opening: (line) => ({ ...line, public_key: kOtherKey }) },
  'the salt is swapped': { opening: (line) => ({ ...line, salt: kOtherKey }) },
  'the number of chunks is another': { opening: (line) => ({ ...line, chunks: 3 }) },
  'the start is another': { opening: (line) => ({ ...line, from: 1 }) },
  'a chunk is changed': { chunk: (number, sealed) => [[number, number === 3 ? flipped(sealed) : sealed]] },
  'the closing chunk is changed': { chunk: (number, sealed) => [[number, number === 6 ? flipped(sealed) : sealed]] },
  'a chunk comes twice': { chunk: (number, sealed) => (number === 2 ? [[2, sealed], [2, sealed]] : [[number, sealed]]) },
  'a chunk comes again under the next number': { chunk: (number, sealed) => {
    const before = kept;
    kept = sealed;
    return [[number, number === 3 && before ? before : sealed]];
  } },
  'a chunk is left out': { chunk: (number, sealed) => (number === 2 ? [] : [[number, sealed]]) },
  'two chunks change places': { chunk: (number, sealed) => {
    if (number === 2) kept = sealed;
    return number === 2 ? [] : number === 3 && kept ? [[3, sealed], [2, kept]] : [[number, sealed]];
  } },
  'the end is cut off': { end: (number) => (number === 4 ? 'end' : undefined) },
  'nothing comes': { end: () => 'end' },
  'a chunk grows': { chunk: (number, sealed) => [[number, join([sealed, sealed])]] },
};

for (const [what, meddling] of Object.entries(kHostile)) {
  test(`nothing is shown as whole when ${what}`, async () => {
    const { offer, visit } = await offered([fileOf(kSome)], meddling);
    const { download, target, done } = fetching(visit);
    await done;
    assert.equal(outcome(download), 'not_authentic');
    assert.ok(target.discarded && !target.finished);
    assert.ok(same(target.whole, kSome.slice(0, target.whole.length)), 'what was written is the sender\'s');
    await until(() => states(offer)[0] !== 'sending' && states(offer)[0] !== 'waiting', 'the sender is told');
    assert.ok(!states(offer).includes('received'));
    offer.leave();
  });
}

for (const [what, swapped] of Object.entries<Fields>({ key: { public_key: kOtherKey }, file: { file: 1 } })) {
  test(`a request is refused when its ${what} is swapped`, async () => {
    const { daemon, offer, visit } = await offered([fileOf(kSome), fileOf(kSome)], { request: (event) => ({ ...event, ...swapped }) });
    const { download, target, done } = fetching(visit);
    await done;
    assert.equal(outcome(download), 'not_authentic');
    assert.ok(target.discarded && !target.finished);
    assert.equal(offer.notAuthentic.value, 1);
    assert.equal(offer.transfers.value.length, 0);
    assert.ok(daemon.calls.some((call) => call.startsWith('DELETE /api/live') && call.includes('reason=not_authentic')));
    offer.leave();
  });
}

test('a listing that is not the sender\'s is not shown', async () => {
  const { offer, visit } = await offered([fileOf(kSome)], { listing: (listing) => ({ ...listing, files: [{ name: 'other', size: 1, type: 'x/y' }] }) });
  assert.equal(visit.problem.value?.code, 'not_authentic');
  assert.equal(visit.listing.value, undefined);
  offer.leave();
});

test('a receipt that is not the receiver\'s counts for nothing', async () => {
  const { offer, visit } = await offered([fileOf(kSome)], { receipt: (event) => ({ ...event, mac: kOtherKey }) });
  const { done } = fetching(visit);
  await done;
  await until(() => states(offer)[0] === 'not_authentic', 'the receipt is refused');
  offer.leave();
});

test('a file that was changed is not sent on', async () => {
  const file = fileOf(kSome);
  const read = file.slice.bind(file);
  Object.defineProperty(file, 'slice', { value: (start: number, end: number) => (start >= 3 * kPiece
    ? { arrayBuffer: () => Promise.reject(new DOMException('changed', 'NotReadableError')) } : read(start, end)) });
  const { daemon, offer, visit } = await offered([file]);
  const { download, target, done } = fetching(visit);
  await done;
  assert.equal(outcome(download), 'file_changed');
  assert.ok(!daemon.calls.some((call) => call.startsWith('DELETE /live/')), 'what has ended is not ended again');
  assert.ok(target.discarded && !target.finished);
  assert.deepEqual(states(offer), ['file_changed']);
  offer.leave();
});

test('either side may give up', async () => {
  const { offer, visit } = await offered([fileOf(kSome)]);
  const first = fetching(visit);
  first.target.before = () => first.download.cancel();
  await first.done;
  assert.equal(outcome(first.download), 'cancelled');
  assert.ok(first.target.discarded && !first.target.finished);
  await until(() => states(offer)[0] === 'cancelled_by_receiver', 'the sender knows');
  const second = fetching(visit);
  second.target.before = () => offer.cancel(offer.transfers.value[0]?.requestId ?? '');
  await second.done;
  assert.equal(outcome(second.download), 'transfer_ended');
  assert.deepEqual(states(offer), ['cancelled_by_sender', 'cancelled_by_receiver']);
  offer.leave();
});

test('the page\'s going away ends the offer and what is being received', async () => {
  const { daemon, offer, visit } = await offered([fileOf(kSome)]);
  const { download, target, done } = fetching(visit);
  target.before = () => { window.dispatchEvent(new Event('pagehide')); };
  await done;
  assert.equal(outcome(download), 'cancelled');
  assert.ok(target.discarded && !target.finished);
  assert.deepEqual(offer.phase.value, { kind: 'ended', reason: 'left' });
  assert.deepEqual(states(offer), ['offer_over']);
  assert.equal(daemon.calls.filter((call) => call.startsWith('DELETE ') && call.endsWith(' keepalive')).length, 2);
});

test('a full disk is told as such', async () => {
  const { offer, visit } = await offered([fileOf(kSome)]);
  const { download, target, done } = fetching(visit);
  target.before = () => { throw new DOMException('full', 'QuotaExceededError'); };
  await done;
  assert.equal(outcome(download), 'disk_full');
  assert.ok(target.discarded && !target.finished);
  offer.leave();
});

test('more than the target takes is not begun', async () => {
  const { daemon, offer, visit } = await offered([fileOf(kSome)]);
  const download = visit.download(0);
  const target = new Taken();
  await download.start(target, kSome.length - 1);
  assert.equal(outcome(download), 'too_large');
  assert.ok(target.discarded && !target.finished);
  assert.ok(!daemon.calls.some((call) => call.includes('/requests')));
  offer.leave();
});

test('an offer that is over is told as such', async () => {
  const { offer, visit } = await offered([fileOf(kSome)]);
  const { download, done } = fetching(visit);
  offer.leave();
  await done;
  assert.equal(outcome(download), 'sender_gone');
  await visit.read();
  assert.equal(visit.problem.value?.code, 'not_found');
});
