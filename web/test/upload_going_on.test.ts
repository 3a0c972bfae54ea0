// Large files in the queue: they go on where they are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { offline, Problem } from '../src/api/problem.ts';
import { kResumableFrom } from '../src/upload/queue.ts';
import { UploadScene } from './upload_scene.ts';

const kSize = kResumableFrom;

function scene() {
  const made = new UploadScene();
  made.queue.add([{ file: new File([new Uint8Array(kSize)], 'film'), name: 'film' }]);
  return made;
}

test('files from some size on have a place, smaller ones do not', () => {
  const made = new UploadScene();
  made.add(kSize - 1, kSize);
  assert.deepEqual(made.sendings.map(({ place }) => place), [undefined, { id: undefined, kept: 0 }]);
});

test('after a break it goes on at its place, and counts once towards the quota', async () => {
  const made = scene();
  made.sendings[0]?.onPlace({ id: 'A', kept: 0 });
  made.sendings[0]?.onProgress(500);
  await made.answer(0, offline());
  await made.pass(1000);
  assert.deepEqual(made.sendings[1]?.place, { id: 'A', kept: 0 });
  made.sendings[1]?.onPlace({ id: 'A', kept: 400 });
  await made.answer(1);
  assert.equal(made.states, 'done');
  assert.deepEqual([made.begun, made.ended, made.stored], [['A'], ['A'], [kSize]]);
});

test('a lost answer to the beginning is repeated with its key', async () => {
  const made = scene();
  await made.answer(0, offline());
  await made.pass(1000);
  assert.equal(made.sendings[1]?.key, made.sendings[0]?.key);
});

test('as long as it gets on, no number of breaks ends it', async () => {
  const made = scene();
  for (let at = 0; at < 30; ++at) {
    made.sendings[at]?.onPlace({ id: 'A', kept: at + 1 });
    await made.answer(at, offline());
    await made.pass(5000);
  }
  assert.equal(made.states, 'running');
  for (let at = 30; at < 33; ++at) {
    await made.answer(at, offline());
    await made.pass(5000);
  }
  assert.deepEqual(made.queue.uploads[0]?.failure, { kind: 'broken' });
});

test('while another request writes to it, or it is elsewhere than thought, it asks again', async () => {
  const made = scene();
  made.sendings[0]?.onPlace({ id: 'A', kept: 7 });
  await made.answer(0, new Problem('locked', 423));
  await made.pass(1000);
  await made.answer(1, new Problem('conflict', 409));
  await made.pass(2000);
  assert.deepEqual(made.sendings[2]?.place, { id: 'A', kept: 7 });
});

test('what the daemon has given up begins anew, with a new key', async () => {
  const made = scene();
  made.sendings[0]?.onPlace({ id: 'A', kept: 7 });
  await made.answer(0, new Problem('gone', 410));
  await made.pass(0);
  assert.deepEqual(made.sendings[1]?.place, { id: undefined, kept: 0 });
  assert.notEqual(made.sendings[1]?.key, made.sendings[0]?.key);
  assert.deepEqual(made.ended, ['A']);
  assert.deepEqual(made.stored, [kSize, -kSize]);
});

test('pausing stops the request; going on asks at the same place', async () => {
  const made = scene();
  const { queue } = made;
  made.sendings[0]?.onPlace({ id: 'A', kept: 0 });
  made.sendings[0]?.onProgress(900);
  const [film] = queue.uploads;
  assert.ok(film);
  queue.pause(film);
  await made.settle();
  assert.ok(made.sendings[0]?.signal.aborted);
  assert.equal(film.sent, 900);
  made.sendings[0]?.onPlace({ id: 'B', kept: 0 });
  queue.resume(film);
  assert.deepEqual(made.sendings[1]?.place, { id: 'A', kept: 0 }, 'what an ended attempt says does not count');
});

test('cancelling gives up what is there, unless it is done', async () => {
  const made = scene();
  made.sendings[0]?.onPlace({ id: 'A', kept: 9 });
  made.queue.cancelAll();
  assert.deepEqual(made.ended, ['A discarded']);
  assert.deepEqual(made.stored, [kSize, -kSize]);

  const other = scene();
  other.sendings[0]?.onPlace({ id: 'B', kept: kSize });
  await other.answer(0);
  other.queue.cancelAll();
  assert.deepEqual(other.ended, ['B']);
});

test('when somebody else logs in, what is there stays', () => {
  const made = scene();
  made.sendings[0]?.onPlace({ id: 'A', kept: 9 });
  made.queue.forgetAll();
  assert.deepEqual(made.ended, []);
  assert.ok(made.sendings[0]?.signal.aborted);
});

test('what an earlier visit began needs no room, and takes the place of a row about it', () => {
  const made = new UploadScene();
  made.free = 0;
  const file = new File([new Uint8Array(kSize)], 'film');
  made.queue.goOn(file, 'film', { id: 'A', kept: 5 });
  made.queue.goOn(file, 'film', { id: 'A', kept: 6 });
  assert.equal(made.states, 'running');
  assert.equal(made.queue.uploads[0]?.sent, 6);
  assert.deepEqual(made.stored, [], 'its room was taken long ago');
});
