// What links ask of the daemon, how they stand, and where they work.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Exchange } from '../src/api/types.ts';
import { nearnessOf } from '../src/screens/exchanges/near.ts';
import { hasEnded, situationOf } from '../src/screens/exchanges/situation.ts';
import { asking, givingNew, givingOwn, isNoteTooLong, isPasswordTooLong, kUsual } from '../src/screens/exchanges/wishes.ts';

const kNow = Date.parse('2026-05-01T12:00:00Z');

function exchange(fields: Partial<Exchange>): Exchange {
  return {
    id: '01j9z3v7k2m4n6p8q0r2s4t6v8', direction: 'send', state: 'available', encrypted: false, note: null, has_password: false, max_downloads: null, downloads: 0,
    downloads_running: 0, max_files: 1, max_size: null, files: [], size: 0, created_at: '2026-05-01T11:00:00.000Z', expires_at: '2026-05-08T11:00:00.000Z', finished: true,
    ...fields,
  };
}

test('own files, with nothing wished, for a week', () => {
  assert.deepEqual(givingOwn(kUsual, [{ id: 'a' }, { id: 'b' }]),
    { expires_in: 604_800, max_files: 2, receive: false, encrypted: false, asset_ids: ['a', 'b'], strip: 'location' });
});

test('new files, with everything wished', () => {
  const wishes = { ...kUsual, time: 'hour', downloads: '2', password: ' p ', note: '  hello ' } as const;
  assert.deepEqual(givingNew(wishes, 3, true),
    { expires_in: 3600, max_files: 3, receive: false, encrypted: true, password: ' p ', note: 'hello', max_downloads: 2 });
});

test('asking takes as much as there is room for, or less', () => {
  assert.deepEqual(asking(kUsual), { expires_in: 604_800, max_files: 100, receive: true, encrypted: false });
  const asked = asking({ ...kUsual, files: '5', size: '100', downloads: '2' });
  assert.equal(asked.max_files, 5);
  assert.equal(asked.max_size, 100_000_000);
  assert.equal(asked.max_downloads, undefined);
});

test('notes and passwords count in bytes', () => {
  assert.equal(isNoteTooLong({ ...kUsual, note: 'ä'.repeat(500) }), false);
  assert.equal(isNoteTooLong({ ...kUsual, note: `${'ä'.repeat(500)}a` }), true);
  assert.equal(isPasswordTooLong({ ...kUsual, password: 'x'.repeat(1024) }), false);
  assert.equal(isPasswordTooLong({ ...kUsual, password: 'x'.repeat(1025) }), true);
});

test('how an exchange stands', () => {
  const standing = (fields: Partial<Exchange>, sending = false) => situationOf(exchange(fields), kNow, sending);
  assert.equal(standing({}), 'ready');
  assert.equal(standing({ finished: false }), 'partial');
  assert.equal(standing({ finished: false }, true), 'uploading');
  assert.equal(standing({ state: 'open', finished: false }), 'waiting');
  assert.equal(standing({ state: 'uploading' }), 'uploading');
  assert.equal(standing({ direction: 'receive', finished: false }), 'arriving');
  assert.equal(standing({ direction: 'receive' }), 'arrived');
  assert.equal(standing({ state: 'exhausted' }), 'exhausted');
  // Ended is ended, also while a page still thinks that it puts files in.
  assert.equal(standing({ state: 'revoked' }, true), 'revoked');
  // Time passes without the daemon telling.
  assert.equal(standing({ expires_at: '2026-05-01T12:00:00.000Z' }, true), 'expired');
  assert.deepEqual((['waiting', 'uploading', 'partial', 'ready', 'arriving', 'arrived', 'exhausted', 'expired', 'revoked'] as const).filter(hasEnded),
    ['exhausted', 'expired', 'revoked']);
});

test('links that only work close by', () => {
  const near = (host: string) => nearnessOf(`http://${host}/exchange/d#x`);
  for (const host of ['127.0.0.1:8080', 'localhost', 'a.localhost:1', '[::1]:8080', '127.9.9.9']) assert.equal(near(host), 'device', host);
  for (const host of ['192.168.1.4', '10.0.0.1:8443', '172.16.0.1', '172.31.255.1', '169.254.1.1', '[fd00::1]', '[fe80::1]', 'nas', 'nas.local', 'kith.home.arpa', 'KITH.LAN.']) {
    assert.equal(near(host), 'network', host);
  }
  for (const host of ['kith.example.org', '172.32.0.1', '11.0.0.1', '[2001:db8::1]', 'local.example', '1270.example', 'tenlan.example']) assert.equal(near(host), undefined, host);
});
