// The admin screen's logic: quotas as people type them, filters of the audit log, its words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kActions } from '../src/screens/admin/actions.ts';
import { actionText, queryOf, whoText } from '../src/screens/admin/audit_entries.ts';
import { bytesOf, gigabytesOf, isUnlimited } from '../src/screens/admin/quota.ts';
import { en } from '../src/i18n/en/index.ts';

test('a quota is typed in gigabytes, and comes back as it was typed', () => {
  assert.equal(bytesOf('2'), 2_000_000_000);
  assert.equal(bytesOf(' 0,5 '), 500_000_000);
  assert.equal(bytesOf('0'), 0);
  assert.equal(gigabytesOf(2_500_000_000), '2.5');
  assert.equal(gigabytesOf(107_374_182_400), '107.374');
});

test('nothing typed is no limit; what is no size is refused', () => {
  const none = bytesOf('');
  assert.ok(none !== undefined && isUnlimited(none));
  assert.equal(gigabytesOf(none), '');
  assert.equal(gigabytesOf(Number('9223372036854775807')), '');
  for (const wrong of ['-1', 'a', '1e9', '1.2345', '999999999', '1 2', 'NaN']) assert.equal(bytesOf(wrong), undefined, wrong);
});

test('days of the filter are those of the reader, the last one whole', () => {
  const asked = queryOf({ action: 'log_in', actor: '', from: '2026-03-28', to: '2026-03-29' });
  assert.equal(asked.action, 'log_in');
  assert.equal('actor' in asked, false);
  assert.equal(Date.parse(asked.from ?? ''), new Date(2026, 2, 28).getTime());
  assert.equal(Date.parse(asked.to ?? ''), new Date(2026, 2, 30).getTime(), 'clocks may change in between');
  assert.deepEqual(queryOf({ action: '', actor: '', from: '', to: '' }), {});
});

test('every act in the filter has words, and what is not known is shown as it is', () => {
  for (const action of kActions) assert.ok(`admin.action.${action}` in en, action);
  assert.equal(new Set(kActions.map(actionText)).size, kActions.length, 'no two with the same words');
  assert.equal(actionText('something_new'), 'something new');
});

test('who did it', () => {
  const names = new Map([['01j9z3v7k2m4n6p8q0r2s4t6v8', 'ada']]);
  assert.equal(whoText('01j9z3v7k2m4n6p8q0r2s4t6v8', names), 'ada');
  assert.equal(whoText('b.example', names), 'b.example');
  assert.notEqual(whoText('', names), '');
});
