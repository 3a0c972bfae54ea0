// Which files are offered live: what is chosen and dropped, before there is a link.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesIn, sizeOf, withMore } from '../src/screens/live/chosen.ts';
import './sealed_pieces.ts';

const file = (name: string, size = 1, lastModified = 5) => new File([new Uint8Array(size)], name, { lastModified });
const names = (files: readonly File[]) => files.map(({ name }) => name);

test('the same file is not taken twice, another of that name is', () => {
  const first = [file('a'), file('b')];
  assert.deepEqual(names(withMore(first, [file('b'), file('c'), file('c'), file('b', 2), file('b', 1, 6)])), ['a', 'b', 'c', 'b', 'b']);
  assert.deepEqual(names(first), ['a', 'b']);
  assert.equal(sizeOf(withMore(first, [file('b', 7)])), 9);
});

test('of what is dropped files are taken, and folders noticed', () => {
  const entry = (kind: string, isDirectory: boolean | null, got: File | null) =>
    ({ kind, webkitGetAsEntry: () => (isDirectory === null ? null : { isDirectory }), getAsFile: () => got });
  const dropped = filesIn([entry('file', false, file('a')), entry('file', true, file('folder')), entry('string', null, null), entry('file', null, file('b')), entry('file', null, null)]);
  assert.deepEqual(names(dropped.files), ['a', 'b']);
  assert.equal(dropped.folders, true);
  assert.equal(filesIn([entry('file', false, file('a'))]).folders, false);
});
