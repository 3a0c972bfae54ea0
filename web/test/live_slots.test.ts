// Whose turn it is to send a chunk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slots } from '../src/live/slots.ts';

const never = new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a free place goes to whom has the fewest, and of those to who came first', async () => {
  const slots = new Slots(3);
  const [busy, idle, late] = [{ name: 'busy' }, { name: 'idle' }, { name: 'late' }];
  const first = await slots.take(busy, never);
  const second = await slots.take(busy, never);
  const third = await slots.take(busy, never);
  const order: string[] = [];
  for (const user of [busy, idle, idle, late]) void slots.take(user, never).then(() => order.push(user.name));
  await settled();
  assert.deepEqual(order, []);
  for (const release of [first, second, third]) {
    release();
    await settled();
  }
  assert.deepEqual(order, ['idle', 'late', 'busy']);
});

test('who gave up waiting gets none, and takes none away', async () => {
  const slots = new Slots(1);
  const user = {};
  const release = await slots.take(user, never);
  const control = new AbortController();
  const waiting = slots.take(user, control.signal);
  control.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
  await assert.rejects(slots.take(user, control.signal), { name: 'AbortError' });
  release();
  (await slots.take(user, never))();
  (await slots.take(user, never))();
});
