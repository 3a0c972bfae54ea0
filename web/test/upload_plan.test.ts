// What becomes of a batch before anything is sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diskName, freeName, nameMistake, splitName } from '../src/media/names.ts';
import { conflicts, type Picked, plan, withoutLitter } from '../src/upload/plan.ts';

const pick = (name: string, folder = ''): Picked => ({ file: new File(['x'], name), folder });
const names = (picked: Picked[], taken: string[], answer: 'version' | 'both' | 'skip') => plan(picked, new Set(taken), answer).map(({ name }) => name);

test('two files of one name in a folder never overwrite each other', () => {
  const batch = [pick('a.jpg', 'one'), pick('a.jpg', 'two'), pick('a (2).jpg', 'three'), pick('a.jpg', 'four')];
  assert.deepEqual(names(batch, [], 'version'), ['a.jpg', 'a (2).jpg', 'a (2) (2).jpg', 'a (3).jpg']);
});

test('names that exist: a new version, both, or neither', () => {
  const batch = [pick('a.jpg'), pick('b.jpg')];
  assert.deepEqual(conflicts(batch, new Set(['a.jpg', 'c.jpg'])), ['a.jpg']);
  assert.deepEqual(names(batch, ['a.jpg'], 'version'), ['a.jpg', 'b.jpg']);
  assert.deepEqual(names(batch, ['a.jpg', 'a (2).jpg'], 'both'), ['a (3).jpg', 'b.jpg']);
  assert.deepEqual(names(batch, ['a.jpg'], 'skip'), ['b.jpg']);
});

test('only one file of a batch becomes the new version', () => {
  const batch = [pick('a.jpg', 'one'), pick('a.jpg', 'two')];
  assert.deepEqual(names(batch, ['a.jpg'], 'version'), ['a.jpg', 'a (2).jpg']);
});

test('names that look the same are the same', () => {
  assert.deepEqual(conflicts([pick('u\u0308.jpg')], new Set(['\u00fc.jpg'])), ['\u00fc.jpg']);
});

test('bad names are told, whatever was answered', () => {
  const [planned] = plan([pick('a\nb')], new Set(), 'version');
  assert.equal(planned?.mistake, 'control');
});

test('what systems leave in folders is left out there, and only there', () => {
  const kept = withoutLitter([pick('.DS_Store', 'x'), pick('Thumbs.db', 'x'), pick('desktop.ini'), pick('a', 'x')]);
  assert.deepEqual(kept.map(({ file }) => file.name), ['desktop.ini', 'a']);
});

test('which names the daemon takes', () => {
  assert.equal(nameMistake('a'), undefined);
  assert.equal(nameMistake('\u202egnp.exe'), undefined);
  assert.equal(nameMistake(''), 'empty');
  assert.equal(nameMistake('..'), 'dots');
  assert.equal(nameMistake('a/b'), 'slash');
  assert.equal(nameMistake('a\\b'), 'slash');
  assert.equal(nameMistake('a\u0085b'), 'control');
  assert.equal(nameMistake('a\u2028b'), 'control');
  assert.equal(nameMistake('é'.repeat(127) + 'a'), undefined);
  assert.equal(nameMistake('é'.repeat(128)), 'long');
});

test('endings, and free names that still fit', () => {
  assert.deepEqual(splitName('a.tar.gz'), { stem: 'a.tar', ending: '.gz' });
  assert.deepEqual(splitName('.profile'), { stem: '.profile', ending: '' });
  assert.equal(freeName('README', (name) => name === 'README'), 'README (2)');
  const long = '😀'.repeat(62) + '.jpeg';
  const free = freeName(long, (name) => name === long);
  assert.equal(free, '😀'.repeat(61) + ' (2).jpeg');
  assert.equal(nameMistake(free), undefined);
});

test('names that every disk takes', () => {
  assert.equal(diskName('a:b?.jpg'), 'a_b_.jpg');
  assert.equal(diskName('..'), '_');
  assert.equal(diskName('\u202egnp.exe '), '_gnp.exe_');
});
