// How the disk is shared out, and when a backup is due.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Schema } from '../src/api/types.ts';
import { diskParts, diskState, kDiskParts } from '../src/screens/admin/disk_parts.ts';
import { kLongAgo, upkeep } from '../src/screens/admin/upkeep.ts';

type Storage = Schema<'AdminStorage'>;

const storage = (disk: Partial<Storage['disk']>, bytes = 20): Storage => ({
  disk: { path: '/data', total_bytes: 100, free_bytes: 60, keep_free_bytes: 10, ...disk },
  content: { count: 3, bytes },
  thumbnails_bytes: 4,
  database_bytes: 1,
  users: [],
  damaged_count: 0,
  last_verification: null,
  last_backup_at: null,
});

test('the disk is ours, of others, free for files, or kept free', () => {
  assert.deepEqual(diskParts(storage({})), { kith: 25, others: 15, free: 50, kept: 10 });
});

test('the parts sum up to the whole disk, whatever was measured', () => {
  for (const [disk, bytes] of [[{}, 20], [{ free_bytes: 5 }, 20], [{ free_bytes: 0 }, 0], [{ keep_free_bytes: 0 }, 90], [{ free_bytes: 100 }, 20]] as const) {
    const parts = diskParts(storage(disk, bytes));
    assert.equal(kDiskParts.reduce((sum, part) => sum + parts[part], 0), 100);
    for (const part of kDiskParts) assert.ok(parts[part] >= 0, part);
  }
});

test('no room is left once only what is kept free is free', () => {
  const stateOf = (free_bytes: number) => diskState(storage({ free_bytes }).disk);
  assert.deepEqual([60, 20, 19, 11, 10, 0].map(stateOf), ['ok', 'ok', 'tight', 'tight', 'full', 'full']);
});

test('a backup is due when it is long ago, or was never made', () => {
  const now = Date.parse('2026-05-31T12:00:00Z');
  const daysAgo = (days: number) => new Date(now - days * 86_400_000).toISOString();
  assert.equal(upkeep(null, now), 'never');
  assert.equal(upkeep(daysAgo(kLongAgo + 1), now), 'due');
  assert.equal(upkeep(daysAgo(kLongAgo - 1), now), 'fine');
  assert.equal(upkeep(daysAgo(-1), now), 'fine', 'a clock that was set back');
});
