// What photos are sorted and grouped by.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMonth, formatWallClock } from '../src/i18n/format.ts';
import { dayAfterMonth, monthOf, photoKey, takenAt } from '../src/media/photo_time.ts';
import { AssetList } from '../src/screens/files/asset_list.ts';

Object.defineProperty(globalThis, 'navigator', { value: { languages: ['en-GB'] }, configurable: true });

const photo = (id: string, captured: string | null, created = '2025-01-01T00:00:00.123Z') => ({ id, captured_at: captured, created_at: created });

test('the clock of the camera counts, whatever its zone', () => {
  assert.equal(takenAt(photo('1', '2024-07-01T00:30:00+02:00')), '2024-07-01T00:30:00');
  assert.equal(monthOf(photo('1', '2024-07-01T00:30:00+02:00')), '2024-07');
  assert.equal(monthOf(photo('1', null)), '2025-01');
});

test('keys sort as the daemon does: time, then id', () => {
  const keys = [photo('9', '2023-01-01T00:00:00'), photo('1', '2024-01-01T00:00:00'), photo('2', '2024-01-01T00:00:00'), photo('0', null)].map(photoKey);
  assert.deepEqual([...keys].sort(), keys);
  assert.ok(photoKey(photo('1', null, '2024-01-01T00:00:00.001Z')) > photoKey(photo('9', '2024-01-01T00:00:00')));
});

test('the day after a month', () => {
  assert.equal(dayAfterMonth('2024-12'), '2025-01-01');
  assert.equal(dayAfterMonth('2024-01'), '2024-02-01');
});

test('times of cameras are shown as they were, in no zone', () => {
  assert.match(formatWallClock('2024-07-01T23:59:00+09:00'), /1.*2024.*(23:59|11:59)/);
  assert.match(formatMonth('2024-07'), /^July 2024$/);
});

test('a photo whose time gets known moves to its place, and stands nowhere twice', async () => {
  let stored = [photo('3', null), photo('2', '2024-05-01T00:00:00'), photo('1', '2023-05-01T00:00:00')];
  const sorted = () => [...stored].sort((one, other) => (photoKey(one) < photoKey(other) ? 1 : -1));
  const list = new AssetList<ReturnType<typeof photo>>(async () => ({ items: sorted(), next: null }), photoKey);
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  list.restart();
  await settled();
  assert.deepEqual(list.items.value.map(({ id }) => id), ['3', '2', '1']);
  stored = [photo('3', '2020-01-01T00:00:00'), ...stored.slice(1)];
  list.refresh();
  await settled();
  assert.deepEqual(list.items.value.map(({ id }) => id), ['2', '1', '3']);
  list.put([photo('1', '2025-05-01T00:00:00')]);
  assert.deepEqual(list.items.value.map(({ id }) => id), ['1', '2', '3']);
});
