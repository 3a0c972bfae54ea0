// What the daemon's checks say in the page's words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import openapi from '../../daemon/api/openapi.json';
import { en } from '../src/i18n/en/index.ts';
import { checkText, checkTitle } from '../src/screens/admin/check_texts.ts';

Object.defineProperty(globalThis, 'navigator', { value: { languages: ['en-GB'] }, configurable: true });

// "dns: `not_found`, `no_answer`. ports: …" of the description, as [dns, not_found] and so on.
function describedCodes(): [string, string][] {
  const told = openapi.components.schemas.HealthCheck.properties.code.description;
  return [...told.matchAll(/(\w+): ((?:`\w+`(?:, )?)+)/g)].flatMap(([, check = '', codes = '']) =>
    [...codes.matchAll(/`(\w+)`/g)].map(([, code = '']): [string, string] => [check.toLowerCase(), code]));
}

test('whatever the daemon may find has words', () => {
  const codes = describedCodes();
  assert.ok(codes.length > 40, 'the description is read');
  for (const [check, code] of codes) assert.ok(`health.${check}.${code}` in en || `health.any.${code}` in en, `${check}: ${code}`);
  for (const check of new Set(codes.map(([one]) => one))) if (check !== 'any') assert.ok(`health.check.${check}` in en, check);
});

test('values stand in the words as people read them', () => {
  assert.equal(checkText({ check: 'disk', code: 'ok', values: { free_bytes: '190000000000', total_bytes: '500000000000' } }), '190 GB of 500 GB are free.');
  assert.match(checkText({ check: 'content', code: 'damaged', values: { damaged: '1' } }) ?? '', /^A stored file is no longer/);
  assert.match(checkText({ check: 'content', code: 'damaged', values: { damaged: '12' } }) ?? '', /^12 of the stored files are no longer/);
  const soon = checkText({ check: 'certificate', code: 'expires_soon', values: { expires_at: '2026-05-31T12:00:00Z' } });
  assert.match(soon ?? '', /2026/);
  assert.ok(!soon?.includes('T12'), soon);
});

test('a value is a text and nothing else', () => {
  const told = checkText({ check: 'permissions', code: 'file_open', values: { path: '/d/{n, plural}<img>\u202egpj' } });
  assert.match(told ?? '', /may read \/d\/\{n, plural\}<img>⟨U\+202E⟩gpj\./);
});

test('what has no words here, or lacks a value, is left to the daemon’s', () => {
  assert.equal(checkText({ check: 'disk', code: 'on_fire', values: {} }), undefined);
  assert.equal(checkText({ check: 'new_thing', code: 'strange', values: {} }), undefined);
  assert.equal(checkText({ check: 'disk', code: 'full', values: {} }), undefined);
  assert.equal(checkTitle('new_thing'), 'new thing');
});
