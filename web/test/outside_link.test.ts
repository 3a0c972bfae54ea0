// Links of exchanges, addresses of content, and what may be sent.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { here } from '../src/outside/calls.ts';
import { takenName } from '../src/outside/cargo.ts';
import { refusalOf, roomIn } from '../src/outside/limits.ts';
import { readLink } from '../src/outside/link.ts';
import { keyText, newKey } from '../src/sealed/key.ts';
import './sealed_pieces.ts';

const page = { page: 'exchange' };   // that of outsiders
Object.defineProperty(globalThis, 'document', { value: { documentElement: { dataset: page } } });

const kToken = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_abcde';

test('a link has a token, and a key where it is encrypted', () => {
  const key = newKey();
  assert.deepEqual(readLink(`#${kToken}`), { token: kToken, key: undefined });
  assert.deepEqual(readLink(`#${kToken}.${keyText(key)}`), { token: kToken, key });
  assert.deepEqual(readLink(`${kToken} `), { token: kToken, key: undefined });
});

test('what was cut or changed is no link', () => {
  const key = keyText(newKey());
  for (const text of ['', '#', `#${kToken.slice(1)}`, `#${kToken}x`, `#${kToken}.`, `#${kToken}.${key.slice(1)}`, `#${kToken}.${key}.x`, `#${kToken}%20`, '#<script>']) {
    assert.equal(readLink(text), undefined, text);
  }
});

test('addresses of content are asked for where the page is', () => {
  const base = here('http://elsewhere.example/exchange/content/x');
  assert.ok(base.endsWith('/content/x'));
  const folder = base.slice(0, -'content/x'.length);
  const query = '?expires=1&signature=a%2Fb';
  for (const origin of ['https://a.example', 'http://192.168.1.2:8470', 'https://a.example/home/exchange']) {
    assert.equal(here(`${origin}/exchange/content/01abc.1${query}`), `${folder}content/01abc.1${query}`);
  }
  // Members' pages are one folder above.
  page.page = '';
  assert.equal(here('https://a.example/exchange/content/x'), `${folder}exchange/content/x`);
  page.page = 'exchange';
  // Of another store: as it is.
  assert.equal(here('https://store.example/bucket/key?x=1'), 'https://store.example/bucket/key?x=1');
});

test('names become such that servers take them', () => {
  assert.equal(takenName('boat.jpg'), 'boat.jpg');
  assert.equal(takenName('a/b\\c\r\n\0.txt'), 'a_b_c___.txt');
  assert.equal(takenName('..'), '_');
  assert.equal(takenName('u\u0308'), 'ü');
});

test('limits hold before anything is sent', () => {
  const file = (size: number) => new File([new Uint8Array(size)], 'x');
  const room = { files: 2, bytes: 100 };
  assert.equal(refusalOf([file(50), file(50)], room, false), undefined);
  assert.deepEqual(refusalOf([file(50), file(51)], room, false), { kind: 'tooLarge', most: 100 });
  assert.deepEqual(refusalOf([file(1), file(1), file(1)], room, false), { kind: 'tooMany', most: 2 });
  // What sealing adds counts.
  assert.deepEqual(refusalOf([file(63)], room, true), { kind: 'tooLarge', most: 100 });
  assert.equal(refusalOf([file(62)], room, true), undefined);
  assert.equal(refusalOf([file(1000)], { files: 1, bytes: undefined }, true), undefined);
});

test('what is in an exchange already takes room', () => {
  const info = { files_left: 1, max_size: 100, size: 60 } as Parameters<typeof roomIn>[0];
  assert.deepEqual(roomIn(info), { files: 1, bytes: 40 });
  assert.deepEqual(roomIn({ ...info, max_size: null }), { files: 1, bytes: undefined });
});
