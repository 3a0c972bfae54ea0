// The account screen's logic: what of a profile is saved, what programs are called, how codes are written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codesFile, digitsOf, inFours } from '../src/screens/account/codes.ts';
import { changesIn, profileOf } from '../src/screens/account/profile.ts';
import { kScopes } from '../src/screens/account/scopes.ts';
import { type Me } from '../src/screens/account/use_me.ts';
import { programOf } from '../src/screens/account/user_agent.ts';
import openapi from '../../daemon/api/openapi.json';

const ada: Me = {
  id: '01j9z3v7k2m4n6p8q0r2s4t6v8', handle: 'ada', address: 'ada@home.example', is_local: true, email: 'ada@mail.example', first_name: 'Ada', last_name: '',
  organization: null, permission: 'user', state: 'active', verified: true, quota_bytes: 0, created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z',
  used_bytes: 0, prospective_email: null, language: null,
};

test('only what was changed is saved', () => {
  const form = profileOf(ada);
  assert.deepEqual(changesIn(form, ada), {});
  assert.deepEqual(changesIn({ ...form, first_name: ' Ada ' }, ada), {}, 'spaces around');
  assert.deepEqual(changesIn({ ...form, last_name: 'Lovelace', language: 'de' }, ada), { last_name: 'Lovelace', language: 'de' });
});

test('what is emptied is taken away, not saved as an empty text', () => {
  const member = { ...ada, organization: 'Engines', language: 'en' };
  const form = profileOf(member);
  assert.deepEqual(changesIn({ ...form, organization: '  ', language: '' }, member), { organization: null, language: null });
  assert.deepEqual(changesIn({ ...form, first_name: '' }, member), { first_name: '' });
});

test('browsers are told from those they pretend to be', () => {
  const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15';
  const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36';
  const android = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/24.0 Chrome/117.0.0.0 Mobile Safari/537.36';
  const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/125.0 Mobile/15E148 Safari/605.1.15';
  assert.deepEqual(programOf(mac), { name: 'Safari', system: 'macOS' });
  assert.deepEqual(programOf(windows), { name: 'Chrome', system: 'Windows' });
  assert.deepEqual(programOf(`${windows} Edg/124.0.0.0`), { name: 'Edge', system: 'Windows' });
  assert.deepEqual(programOf(android), { name: 'Samsung Internet', system: 'Android' });
  assert.deepEqual(programOf(phone), { name: 'Firefox', system: 'iPhone' });
  assert.deepEqual(programOf('Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0'), { name: 'Firefox', system: 'Linux' });
  assert.deepEqual(programOf('curl/7.88.1'), { name: 'curl', system: undefined });
  assert.deepEqual(programOf('<img src=x onerror=alert(1)>'), { name: undefined, system: undefined });
  assert.deepEqual(programOf(''), { name: undefined, system: undefined });
});

test('codes as they are read, typed and kept', () => {
  assert.equal(inFours('ABCDEFGHIJ'), 'ABCD EFGH IJ');
  assert.equal(inFours('ABCDEFGH'), 'ABCD EFGH');
  assert.equal(digitsOf(' 123 456\n'), '123456');
  assert.equal(digitsOf('12a'), '12');
  assert.equal(codesFile('Of ada', ['one', 'two']), 'Of ada\r\n\r\none\r\ntwo\r\n');
});

test('every scope of the daemon can be chosen', () => {
  assert.deepEqual(kScopes.map(({ scope }) => scope), openapi.components.schemas.Scope.enum);
});
