import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, formatIn } from '../src/i18n/format.ts';
import { t } from '../src/i18n/index.ts';

Object.defineProperty(globalThis, 'navigator', { value: { languages: ['en'] }, configurable: true });

test('how long something takes, and when it is', () => {
  assert.equal(formatDuration(0.2), '1 second');
  assert.equal(formatDuration(40.4), '40 seconds');
  assert.equal(formatDuration(600), '10 minutes');
  assert.equal(formatIn(40), 'in 40 seconds');
  assert.equal(formatIn(2 * 3600), 'in 2 hours');
  assert.equal(formatIn(3 * 86_400), 'in 3 days');
  assert.equal(t('problem.retryIn', { when: formatIn(40) }), 'It can be tried again in 40 seconds.');
  assert.equal(t('logIn.tooMany', { when: formatIn(40) }), 'Too many tries. It can be tried again in 40 seconds.');
});
