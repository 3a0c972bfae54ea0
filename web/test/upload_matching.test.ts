// Which files go on with unfinished uploads, and which only look like it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matching, type Unfinished } from '../src/upload/matching.ts';
import { type Picked } from '../src/upload/plan.ts';

const kChanged = Date.UTC(2026, 5, 1);

function pick(name: string, size: number, lastModified = kChanged): Picked {
  return { file: new File([new Uint8Array(size)], name, { lastModified }), folder: '' };
}

function upload(id: string, name: string, size: number): Unfinished {
  return { id, name, size, offset: 1, created_at: '2026-06-01T12:00:00.000Z', expires_at: '2026-06-02T12:00:00.000Z' };
}

const here = (...ids: string[]) => new Map(ids.map((id) => [id, kChanged]));
const pairs = (found: ReturnType<typeof matching>['found']) => found.map(({ picked, upload: { id } }) => `${picked.file.name} ${id}`);

test('one that this browser began goes on with the same file only', () => {
  const list = [upload('A', 'film.mov', 100)];
  assert.deepEqual(pairs(matching([pick('film.mov', 100)], list, here('A')).found), ['film.mov A']);
  assert.deepEqual(matching([pick('film.mov', 100, kChanged + 1)], list, here('A')).found, [], 'it was changed');
  assert.deepEqual(matching([pick('film.mov', 99)], list, here('A')).found, [], 'it has another size');
  assert.deepEqual(matching([pick('other.mov', 100)], list, here('A')).found, [], 'it has another name');
});

test('of one that another browser began only name and size are known', () => {
  const list = [upload('A', 'film.mov', 100)];
  assert.deepEqual(pairs(matching([pick('film.mov', 100, 5)], list, new Map()).found), ['film.mov A']);
  assert.deepEqual(matching([pick('film (2).mov', 100)], list, new Map()).found, []);
});

test('a number that the name got does not hide it', () => {
  const list = [upload('A', 'film (2).mov', 100)];
  assert.deepEqual(pairs(matching([pick('film.mov', 100)], list, here('A')).found), ['film.mov A']);
  assert.deepEqual(matching([pick('fil.mov', 100)], list, here('A')).found, []);
  assert.deepEqual(matching([pick('film.mp4', 100)], list, here('A')).found, []);
});

test('names that look the same are the same', () => {
  const list = [upload('A', '\u00fc.mov', 100)];
  assert.equal(matching([pick('u\u0308.mov', 100)], list, here('A')).found.length, 1);
});

test('one upload goes on with one file; the others are left', () => {
  const list = [upload('A', 'a', 100), upload('B', 'b', 100)];
  const { found, rest } = matching([pick('b', 100), pick('a', 100), pick('a', 100), pick('c', 1)], list, here('A', 'B'));
  assert.deepEqual(pairs(found), ['b B', 'a A']);
  assert.deepEqual(rest.map(({ file }) => file.name), ['a', 'c']);
});
