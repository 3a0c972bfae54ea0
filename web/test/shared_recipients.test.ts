import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Asset, type Connection } from '../src/api/types.ts';
import { localsAmong, readPerson, recipientsOf } from '../src/screens/shared/recipients.ts';

function connection(peer: string, state: Connection['state'], id = `01${peer}`): Connection {
  return {
    id, state, direction: 'outgoing', local: 'alice@a.example', peer, purpose: '', verified: true, verified_at: null, words: null, fingerprint: null,
    reason: null, peer_delivery: null, peer_instance: { domain: 'b.example', name: null, last_seen: null, down_since: null },
    created_at: '', updated_at: '', expires_at: null, established_at: null, timeline: [],
  };
}

function asset(...sharedWith: string[]): Asset {
  return {
    id: 'a', name: 'a', size: 1, media_type: 'text/plain', kind: 'document', digest: '', etag: '', version: 1, created_at: '', updated_at: '',
    owner: 'alice@a.example', has_thumbnail: false, captured_at: null, width: null, height: null, camera: null, shared_with: sharedWith,
  };
}

test('who can receive comes first, then who has it, then who cannot yet; what is over is left out', () => {
  const connections = [
    connection('x@b.example', 'pending_in'), connection('y@b.example', 'pending_out'), connection('z@b.example', 'verifying'),
    connection('over@b.example', 'revoked'), connection('no@b.example', 'rejected'), connection('broken@b.example', 'failed'),
    connection('has@b.example', 'established'), connection('bob@b.example', 'established'),
  ];
  const found = recipientsOf(connections, ['dora@a.example'], [asset('has@b.example'), asset('has@b.example', 'bob@b.example')]);
  assert.deepEqual(found.map(({ address, obstacle, has }) => [address, obstacle, has]), [
    ['bob@b.example', undefined, 1],
    ['dora@a.example', undefined, 0],
    ['has@b.example', 'has', 2],
    ['x@b.example', 'youDecide', 0],
    ['y@b.example', 'theyDecide', 0],
    ['z@b.example', 'connecting', 0],
  ]);
});

test('of several connections with one person the one that stands counts, else the newest', () => {
  const both = [connection('bob@b.example', 'established', '01'), connection('bob@b.example', 'pending_in', '02')];
  for (const connections of [both, [...both].reverse()]) {
    const [bob, ...more] = recipientsOf(connections, [], [asset()]);
    assert.equal(bob?.obstacle, undefined);
    assert.equal(bob?.connection?.id, '01');
    assert.deepEqual(more, []);
  }
  const waiting = [connection('bob@b.example', 'pending_out', '01'), connection('bob@b.example', 'exchanging', '02')];
  for (const connections of [waiting, [...waiting].reverse()]) {
    assert.equal(recipientsOf(connections, [], [asset()])[0]?.obstacle, 'connecting');
  }
});

test('somebody on this server is listed once, however often they are known', () => {
  assert.equal(recipientsOf([], ['dora@a.example', 'dora@a.example'], [asset()]).length, 1);
  assert.deepEqual(localsAmong(['bob@b.example', 'dora@a.example', 'dora@a.example'], 'a.example'), ['dora@a.example']);
});

test('what is typed to name a person', () => {
  const self = 'alice@a.example:8471';
  const read = (typed: string) => readPerson(typed, self);
  assert.deepEqual(read('  '), { kind: 'nothing' });
  assert.deepEqual(read('Carol'), { kind: 'local', handle: 'carol', address: 'carol@a.example:8471' });
  assert.deepEqual(read(' @carol\u200b'), { kind: 'local', handle: 'carol', address: 'carol@a.example:8471' });
  assert.deepEqual(read('carol@A.example:8471'), { kind: 'local', handle: 'carol', address: 'carol@a.example:8471' });
  assert.deepEqual(read('alice'), { kind: 'self' });
  assert.deepEqual(read('mailto:bob@b.example'), { kind: 'elsewhere', address: 'bob@b.example' });
  for (const wrong of ['a/b', 'bob@', 'käthe', '<script>', 'x'.repeat(65)]) assert.deepEqual(read(wrong), { kind: 'wrong' }, wrong);
});
