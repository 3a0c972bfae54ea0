// The order in an album.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dropped, placed, step, waysBack } from '../src/screens/albums/order.ts';

const order = ['a', 'b', 'c', 'd', 'e'];
const after = (move: { ids: string[]; before: string | undefined } | undefined, from = order) => move && placed(from, move.ids, move.before).join('');

test('placed: in front of another, or at the end, in their own order', () => {
  assert.equal(placed(order, ['d', 'b'], 'a').join(''), 'bdace');
  assert.equal(placed(order, ['a'], undefined).join(''), 'bcdea');
  assert.equal(placed(order, ['a'], 'gone').join(''), 'abcde');
});

test('one step forward and back, until the edge', () => {
  assert.equal(after(step(order, ['c'], -1)), 'acbde');
  assert.equal(after(step(order, ['c'], 1)), 'abdce');
  assert.equal(step(order, ['a'], -1), undefined);
  assert.equal(step(order, ['e'], 1), undefined);
  assert.equal(after(step(order, ['d'], 1)), 'abced');
  assert.equal(step(order, [], 1), undefined);
});

test('several go together', () => {
  assert.equal(after(step(order, ['b', 'c'], -1)), 'bcade');
  assert.equal(after(step(order, ['b', 'c'], 1)), 'adbce');
  assert.equal(after(step(order, ['b', 'd'], 1)), 'acebd');
  assert.equal(after(step(order, ['a', 'c'], -1)), 'acbde');
  assert.equal(after(step(order, ['c', 'e'], 1)), 'abdce');
  assert.equal(step(order, ['a', 'b'], -1), undefined);
  assert.equal(step(order, ['d', 'e'], 1), undefined);
});

test('dropped before or behind another', () => {
  assert.equal(after(dropped(order, ['a'], 'c', 'before')), 'bacde');
  assert.equal(after(dropped(order, ['a'], 'c', 'behind')), 'bcade');
  assert.equal(after(dropped(order, ['e', 'a'], 'c', 'behind')), 'bcaed');
  assert.equal(after(dropped(order, ['a'], 'e', 'behind')), 'bcdea');
  assert.equal(dropped(order, ['a'], 'b', 'before'), undefined);
  assert.equal(dropped(order, ['a'], 'a', 'behind'), undefined);
  assert.equal(dropped(order, ['b', 'c'], 'c', 'before'), undefined);
});

test('what was taken out goes back to where it was', () => {
  const gone = ['a', 'b', 'e'];
  const moves = waysBack(order, gone);
  assert.deepEqual(moves, [{ ids: ['a', 'b'], before: 'c' }, { ids: ['e'], before: undefined }]);
  let now = order.filter((id) => !gone.includes(id));
  for (const { ids, before } of moves) now = placed([...now, ...ids], ids, before);
  assert.deepEqual(now, order);
});
