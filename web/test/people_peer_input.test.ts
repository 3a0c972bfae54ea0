import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanedPurpose, isAddress, lengthOf, readPeer } from '../src/screens/people/peer_input.ts';

const kAddress = 'Ym9iQGIuZXhhbXBsZQ';  // bob@b.example
const kInvite = `kith1.${kAddress}.AAAABBBBCCCCDDDD.aFC7OAhu_arXABvp5JKXSA.DpHEfzJQxeWCnxKZQ2vdYtHEQJgP7a-hu9foU-FCjoI`;

test('addresses', () => {
  for (const good of ['bob@b.example', 'b.o_b-1@localhost', 'bob@b.example:8471', 'bob@192.0.2.7:1', 'bob@[2001:db8::1]:65535', `${'b'.repeat(64)}@b.example`]) {
    assert.equal(isAddress(good), true, good);
  }
  for (const bad of ['', 'bob', '@b.example', 'bob@', 'Bob@b.example', 'b ob@b.example', 'bob@b.example:0', 'bob@b.example:65536', 'bob@-b.example',
    'bob@b..example', 'bob@b@c', `${'b'.repeat(65)}@b.example`, 'bob@b.example/', 'böb@b.example']) {
    assert.equal(isAddress(bad), false, bad);
  }
});

test('what surrounds an address is taken away', () => {
  for (const typed of [' bob@b.example\n', '\ufeffbob@\u200bb.example', '\u202abob@b.example\u202c', 'mailto:Bob@B.example', '<bob@b.example>,', '@bob@b.example',
    'bob@b.example:443', 'bob@b.exa\u00admple']) {
    assert.deepEqual(readPeer(typed), { kind: 'address', address: 'bob@b.example' }, JSON.stringify(typed));
  }
  assert.deepEqual(readPeer(' \u200b\n'), { kind: 'nothing' });
  assert.deepEqual(readPeer('bob at b.example'), { kind: 'wrong', why: 'notAnAddress' });
});

test('an invite is found in what was pasted, and its case kept', () => {
  for (const typed of [kInvite, `https://b.example/kith/invite#${kInvite}`, `Here: \u200ehttps://b.example/invite#${kInvite} .`,
    `https://b.example/invite#${kInvite.slice(0, 30)}\r\n${kInvite.slice(30)}`]) {
    assert.deepEqual(readPeer(typed), { kind: 'invite', link: kInvite, address: 'bob@b.example' }, typed);
  }
});

test('half an invite is none, and never taken for an address', () => {
  const [scheme, , ...rest] = kInvite.split('.');
  for (const typed of ['https://b.example/invite', 'https://b.example/invite#', kInvite.split('.').slice(0, 4).join('.'), [scheme, '!!', ...rest].join('.'),
    [scheme, btoa('<img src=x>'), ...rest].join('.')]) {
    assert.deepEqual(readPeer(typed), { kind: 'wrong', why: 'brokenInvite' }, typed);
  }
});

test('a purpose is one line without control characters', () => {
  assert.equal(cleanedPurpose('  Hello,\r\n it\tis \u0007Alice\u0085 '), 'Hello, it is Alice');
  assert.equal(lengthOf('\u{1F469}\u{1F33B}'), 2);
});
