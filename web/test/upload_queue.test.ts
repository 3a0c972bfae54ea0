// The queue of uploads against a daemon that is played here: every answer it can give, and none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { offline, Problem } from '../src/api/problem.ts';
import { totalsOf } from '../src/upload/upload.ts';
import { UploadScene } from './upload_scene.ts';

test('three at a time, in order; the next begins when one is stored', async () => {
  const scene = new UploadScene();
  scene.add(1, 2, 3, 4, 5);
  assert.equal(scene.states, 'running running running waiting waiting');
  await scene.answer(1);
  assert.equal(scene.states, 'running done running running waiting');
  assert.deepEqual(scene.sendings.map(({ name }) => name), ['f0', 'f1', 'f2', 'f3']);
  assert.deepEqual(scene.stored, [2]);
});

test('two files of one name go one after the other', async () => {
  const scene = new UploadScene();
  scene.queue.add([1, 2].map((size) => ({ file: new File([new Uint8Array(size)], 'a'), name: 'a' })));
  assert.equal(scene.states, 'running waiting');
  await scene.answer(0);
  assert.equal(scene.states, 'done running');
});

test('without an answer from the daemon all wait, and go on by themselves', async () => {
  const scene = new UploadScene();
  scene.add(1, 1, 1, 1);
  scene.sendings[0]?.onProgress(1);
  scene.reachable = false;
  await scene.answer(0, offline());
  assert.equal(scene.queue.standing.value, 'offline');
  assert.equal(scene.states, 'waiting waiting waiting waiting');
  assert.equal(scene.sendings.filter(({ signal }) => signal.aborted).length, 2);
  await scene.pass(1000);
  assert.equal(scene.queue.standing.value, 'offline');
  scene.reachable = true;
  await scene.pass(1999);
  assert.equal(scene.queue.standing.value, 'offline');
  await scene.pass(1);
  assert.equal(scene.queue.standing.value, 'going');
  assert.equal(scene.states, 'running running running waiting');
  assert.deepEqual(scene.sendings.slice(3).map(({ key }) => key === 'key 1'), [true, false, false], 'only the first may be stored already');
});

test('a nudge ends the waiting for the daemon at once', async () => {
  const scene = new UploadScene();
  scene.add(1);
  scene.reachable = false;
  await scene.answer(0, offline());
  scene.reachable = true;
  scene.queue.nudge();
  await scene.settle();
  assert.equal(scene.states, 'running');
});

test('a connection that breaks while the daemon can be reached is tried three times', async () => {
  const scene = new UploadScene();
  scene.add(1);
  await scene.answer(0, offline());
  assert.equal(scene.states, 'waiting');
  await scene.pass(1000);
  await scene.answer(1, offline());
  await scene.pass(2000);
  await scene.answer(2, offline());
  assert.deepEqual(scene.queue.uploads[0]?.failure, { kind: 'broken' });
  assert.equal(scene.queue.standing.value, 'going');
});

test('a file that changed or went fails alone', async () => {
  const scene = new UploadScene();
  scene.add(1, 1);
  scene.readable = false;
  await scene.answer(0, offline());
  assert.equal(scene.states, 'failed running');
  scene.queue.retryFailed();
  assert.equal(scene.states, 'failed running', 'it can only be chosen again');
});

test('a busy daemon is asked again when it said so', async () => {
  const scene = new UploadScene();
  scene.add(1);
  await scene.answer(0, new Problem('busy', 503, '', '', 7));
  await scene.pass(6999);
  assert.equal(scene.states, 'waiting');
  await scene.pass(1);
  assert.equal(scene.states, 'running');
});

test('what the daemon still holds from a lost attempt is waited for, but not for ever', async () => {
  const scene = new UploadScene();
  scene.add(1);
  for (let tried = 0; tried < 20; ++tried) {
    scene.sendings[tried]?.onProgress(1);
    await scene.answer(tried, new Problem('conflict', 409));
    assert.equal(scene.states, 'waiting');
    await scene.pass(5000);
  }
  assert.ok(scene.sendings.every(({ key }) => key === 'key 1'));
  await scene.answer(20, new Problem('conflict', 409));
  assert.equal(scene.states, 'failed');
  assert.ok(scene.time >= 60_000, 'longer than the daemon keeps a dead connection');
});

test('a file that changed between two attempts gets a new key', async () => {
  const scene = new UploadScene();
  scene.add(1);
  scene.sendings[0]?.onProgress(1);
  await scene.answer(0, new Problem('idempotency_mismatch', 422));
  await scene.pass(0);
  assert.equal(scene.sendings[1]?.key, 'key 2');
});

test('when the keys of the day are used up, it goes on without', async () => {
  const scene = new UploadScene();
  scene.add(1, 1, 1, 1);
  await scene.answer(0, new Problem('too_many_requests', 429, '', '', 3600));
  await scene.pass(0);
  await scene.answer(1);
  assert.deepEqual(scene.sendings.map(({ key }) => key), ['key 1', 'key 2', 'key 3', '', 'key 4']);
  await scene.answer(2, new Problem('too_many_requests', 429, '', '', 5));
  await scene.pass(5000);
  assert.equal(scene.sendings[5]?.key, '');
});

test('a refusal fails this one only, and can be tried again', async () => {
  const scene = new UploadScene();
  scene.add(1, 1);
  await scene.answer(0, new Problem('storage_full', 507));
  assert.equal(scene.states, 'failed running');
  scene.queue.retryFailed();
  assert.equal(scene.states, 'running running');
});

test('what does not fit into the quota is told before it is sent, counting what is on its way', async () => {
  const scene = new UploadScene();
  scene.free = 100;
  scene.add(60, 60, 40);
  assert.equal(scene.states, 'running failed running');
  assert.deepEqual(scene.queue.uploads[1]?.failure, { kind: 'no_room', size: 60, free: 40 });
});

test('a bad name is never sent', () => {
  const scene = new UploadScene();
  scene.queue.add([{ file: new File([], 'a\nb'), name: 'a\nb', mistake: 'control' }]);
  assert.equal(scene.states, 'failed');
  scene.queue.retryFailed();
  assert.equal(scene.sendings.length, 0);
});

test('pausing all stops what runs; going on begins it anew', async () => {
  const scene = new UploadScene();
  scene.add(1, 1, 1, 1);
  scene.queue.pauseAll();
  await scene.settle();
  assert.equal(scene.states, 'waiting waiting waiting waiting');
  assert.ok(scene.sendings.every(({ signal }) => signal.aborted));
  scene.queue.resumeAll();
  assert.equal(scene.states, 'running running running waiting');
});

test('pausing one lets another go first; cancelling takes it off the list', async () => {
  const scene = new UploadScene();
  scene.add(1, 1, 1, 1);
  const [first, second] = scene.queue.uploads;
  if (first) scene.queue.pause(first);
  await scene.settle();
  assert.equal(scene.states, 'paused running running running');
  if (second) scene.queue.cancel(second);
  await scene.settle();
  assert.equal(scene.states, 'paused running running');
  if (first) scene.queue.resume(first);
  assert.equal(scene.states, 'running running running');
});

test('an answer that comes after a cancel changes nothing', async () => {
  const scene = new UploadScene();
  scene.add(1);
  scene.queue.cancelAll();
  await scene.answer(0, offline());
  assert.equal(scene.queue.standing.value, 'going');
  assert.deepEqual(scene.stored, []);
});

test('totals leave out what failed, and speed comes from all that moved', async () => {
  const scene = new UploadScene();
  scene.add(1000, 3000, 5000);
  scene.time = 100;
  scene.sendings[1]?.onProgress(600);
  scene.time = 1100;
  scene.sendings[1]?.onProgress(2600);
  await scene.answer(0);
  await scene.answer(2, new Problem('too_large', 413));
  const totals = totalsOf(scene.queue.uploads);
  assert.deepEqual([totals.bytes, totals.sent, totals.left], [4000, 3600, 400]);
  assert.deepEqual([totals.count.done, totals.count.failed, totals.count.running], [1, 1, 1]);
  assert.equal(scene.queue.uploads[1]?.meter.speed, 2600 / 1.1);
});
