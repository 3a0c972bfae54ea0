import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyTarget } from '../src/media/tile_grid.ts';

// 0 1 2
// 3 4 5
// 6 7
const leads = (key: string, at: number) => keyTarget(key, at, 3, 8);

test('arrow keys lead to the neighbours, and not over the edge', () => {
  assert.deepEqual(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].map((key) => leads(key, 4)), [3, 5, 1, 7]);
  assert.equal(leads('ArrowUp', 1), undefined);
  assert.equal(leads('ArrowLeft', 0), undefined);
  assert.equal(leads('ArrowRight', 7), undefined);
  assert.equal(leads('x', 4), undefined);
});

test('down leads to the end of a last row that is shorter, and stays there', () => {
  assert.equal(leads('ArrowDown', 5), 7);
  assert.equal(leads('ArrowDown', 6), 6);
});

test('Home and End lead to the first and the last', () => {
  assert.equal(leads('Home', 4), 0);
  assert.equal(leads('End', 4), 7);
});
