import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateText, type Expiry, expiryOf } from '../src/screens/shared/expiry.ts';

const now = new Date(2026, 0, 31, 10, 30);
const at = (expiry: Expiry, date = '') => expiryOf({ expiry, date }, now);

test('for good, for a day, a week', () => {
  assert.deepEqual(at('never'), {});
  assert.equal(at('day').at?.getTime(), now.getTime() + 86_400_000);
  assert.equal(at('week').at?.getTime(), now.getTime() + 7 * 86_400_000);
});

test('a month is the same day of the next one, or its last', () => {
  assert.equal(dateText(at('month').at ?? now), '2026-02-28');
  const march = expiryOf({ expiry: 'month', date: '' }, new Date(2026, 2, 15, 8));
  assert.deepEqual(march.at, new Date(2026, 3, 15, 8));
  const december = expiryOf({ expiry: 'month', date: '' }, new Date(2026, 11, 31, 23, 59));
  assert.deepEqual(december.at, new Date(2027, 0, 31, 23, 59));
});

test('a date lasts to its end, today too', () => {
  assert.deepEqual(at('date', '2026-05-12').at, new Date(2026, 4, 12, 23, 59, 59));
  assert.deepEqual(at('date', '2026-01-31').at, new Date(2026, 0, 31, 23, 59, 59));
});

test('no date, a past one, one that does not exist', () => {
  for (const date of ['', '2026-01-30', '2026-02-30', '2026-13-01', '12026-01-01', 'soon']) assert.deepEqual(at('date', date), { wrong: true }, date);
});
