// Albums somebody shares, put together from the names on their files.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { albumsAmong, inAlbum } from '../src/screens/shared/their_albums.ts';

const item = (id: string, album?: string | null) => ({ id, album });

test('each album once; files without one have none', () => {
  assert.deepEqual(albumsAmong([item('1', 'Lake'), item('2', null), item('3')], [item('4', 'Alps'), item('5', 'Lake'), item('6', '')]), ['Alps', 'Lake']);
});

test('what was read counts more than what was told', () => {
  const read = [item('1', 'Lake'), item('2', null)];
  const told = [item('2', 'Lake'), item('3', 'Lake'), item('4', 'Alps')];
  assert.deepEqual(inAlbum('Lake', read, told).map(({ id }) => id), ['1', '3']);
});
