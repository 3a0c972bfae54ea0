import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Connection } from '../src/api/types.ts';
import { fittingCopies, kMostCopied, kMostCopiedTogether } from '../src/screens/shared/copy_limits.ts';
import { type OwnShare, sharedByFile, sharedByPeople, type SharedItem, sharedWithPeople, toldAt } from '../src/screens/shared/groups.ts';
import { personHref, placeOf } from '../src/screens/shared/paths.ts';
import { matches } from '../src/screens/shared/matches.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

function item(owner: string, id: string, sharedAt: string, expiresAt: string | null = null): SharedItem {
  return {
    id, name: id, size: 1, media_type: 'image/png', kind: 'photo', digest: '', etag: '', created_at: '', owner, has_thumbnail: false,
    captured_at: null, width: null, height: null, camera: null, album: null, shared_at: sharedAt, expires_at: expiresAt, told_at: sharedAt,
  };
}

function share(id: string, asset: string, person: string, sharedAt: string, expiresAt: string | null = null): OwnShare {
  const { media_type, digest, etag, ...rest } = item('me@a.example', asset, '');
  return { id, asset_id: asset, with: person, shared_at: sharedAt, expires_at: expiresAt, strip: 'location',
    asset: { ...rest, kind: 'photo', media_type, digest, etag, version: 1, updated_at: '' } };
}

const established = (peer: string) => ({ peer, state: 'established' }) as Connection;

test('who shared something last comes first, who shares nothing last', () => {
  const items = [item('bob@b.example', '1', '2026-01-01'), item('eve@e.example', '2', '2026-02-01'), item('bob@b.example', '3', '2026-01-02')];
  const groups = sharedByPeople(items, [established('zoe@z.example'), established('bob@b.example'), established('amy@z.example')], now);
  assert.deepEqual(groups.map(({ address, items: { length }, connection }) => [address, length, connection !== undefined]), [
    ['eve@e.example', 1, false], ['bob@b.example', 2, true], ['amy@z.example', 0, true], ['zoe@z.example', 0, true],
  ]);
});

test('what has come to its end is not there any more, whatever was told', () => {
  const over = '2026-03-01T12:00:00Z';
  const later = '2026-03-01T12:00:01Z';
  assert.deepEqual(sharedByPeople([item('bob@b.example', '1', '2026-01-01', over)], [], now), []);
  assert.equal(sharedByPeople([item('bob@b.example', '1', '2026-01-01', later)], [], now)[0]?.items.length, 1);
  assert.deepEqual(sharedWithPeople([share('s', 'a', 'bob@b.example', '2026', over)], [], now), []);
  assert.deepEqual(sharedByFile([share('s', 'a', 'bob@b.example', '2026', over)], now), []);
});

test('by file: one entry with everybody who sees it', () => {
  const shares = [share('3', 'a', 'bob@b.example', '2026-03'), share('2', 'b', 'bob@b.example', '2026-02'), share('1', 'a', 'eve@e.example', '2026-01')];
  assert.deepEqual(sharedByFile(shares, now).map(({ id, shares: all }) => [id, all.map((one) => one.with)]), [
    ['a', ['bob@b.example', 'eve@e.example']], ['b', ['bob@b.example']],
  ]);
});

test('when a server said last what is shared', () => {
  assert.equal(toldAt([]), undefined);
  assert.equal(toldAt([item('b', '1', '2026-01-01'), item('b', '2', '2026-02-01'), item('b', '3', '2026-01-15')]), '2026-02-01');
});

test('places of the screen, with any address', () => {
  for (const address of ['bob@b.example', 'bob@b.example:8471', 'bob@[2001:db8::1]:1']) {
    assert.deepEqual(placeOf(personHref('with-me', address).slice(1)), { kind: 'with-me-person', address });
    assert.deepEqual(placeOf(`/shared/by-me/${address}`), { kind: 'by-me-person', address });
  }
  assert.deepEqual(placeOf('/shared'), { kind: 'with-me' });
  assert.deepEqual(placeOf('/shared/by-me'), { kind: 'by-me' });
  assert.deepEqual(placeOf('/shared/by-me/files'), { kind: 'by-file' });
  assert.deepEqual(placeOf('/shared/with-me/%E0%A4%A'), { kind: 'with-me-person', address: '%E0%A4%A' });
});

test('the filter of what was told last', () => {
  const photo = item('bob@b.example', 'Hills.JPG', '2026');
  assert.equal(matches(photo, { kind: undefined, name: '' }), true);
  assert.equal(matches(photo, { kind: 'photo', name: 'hill' }), true);
  assert.equal(matches(photo, { kind: 'video', name: '' }), false);
  assert.equal(matches(photo, { kind: undefined, name: 'lake' }), false);
  // A peer may call it anything.
  assert.equal(matches({ ...photo, kind: 'hologram' }, { kind: 'other', name: '' }), true);
});

test('copies are bounded, one by one and together', () => {
  const sizes = [kMostCopied, kMostCopied + 1, kMostCopied, kMostCopied, kMostCopied, 1, 0];
  const { fitting, tooLarge } = fittingCopies(sizes.map((size) => ({ size })));
  assert.equal(fitting.reduce((sum, { size }) => sum + size, 0), kMostCopiedTogether);
  assert.deepEqual(tooLarge.map(({ size }) => size), [kMostCopied + 1, 1]);
});
