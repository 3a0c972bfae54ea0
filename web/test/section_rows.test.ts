// Rows of a list that is parted by headings, and where keys lead in it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowOf, sectionRows, sectionTarget } from '../src/media/section_rows.ts';

const kItems = ['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'c2'];
const rows = sectionRows(kItems, (item) => item.charAt(0), 3);

test('a row for each heading, then its items', () => {
  assert.deepEqual(rows.map(({ heading, from, to }) => heading ?? kItems.slice(from, to).join(' ')),
    ['a', 'a1 a2 a3', 'a4', 'b', 'b1', 'c', 'c1 c2']);
  assert.deepEqual(sectionRows([], String, 3), []);
});

test('a heading that comes again begins anew', () => {
  assert.equal(sectionRows(['a1', 'b1', 'a2'], (item) => item.charAt(0), 3).filter(({ heading }) => heading === 'a').length, 2);
});

test('the row of an item is never a heading', () => {
  assert.deepEqual(kItems.map((_, at) => rowOf(rows, at)), [1, 1, 1, 2, 4, 6, 6]);
  assert.equal(rowOf(rows, 7), -1);
});

test('keys lead over headings and keep the column as far as rows reach', () => {
  const go = (key: string, from: string) => {
    const to = sectionTarget(key, kItems.indexOf(from), rows);
    return to === undefined ? undefined : kItems[to];
  };
  assert.equal(go('ArrowDown', 'a2'), 'a4');
  assert.equal(go('ArrowDown', 'a4'), 'b1');
  assert.equal(go('ArrowDown', 'b1'), 'c1');
  assert.equal(go('ArrowDown', 'c2'), undefined);
  assert.equal(go('ArrowUp', 'c2'), 'b1');
  assert.equal(go('ArrowUp', 'a1'), undefined);
  assert.equal(go('ArrowRight', 'a4'), 'b1');
  assert.equal(go('ArrowLeft', 'a1'), undefined);
  assert.equal(go('Home', 'b1'), 'a1');
  assert.equal(go('End', 'b1'), 'c2');
  assert.equal(go('x', 'b1'), undefined);
});
