import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Connection } from '../src/api/types.ts';
import { canAskAgain, canRetry, situation, stepsOf, type TimelineEntry, trouble, turnOf, wordsAreOpen } from '../src/screens/people/story.ts';

const kThen = '2026-03-01T10:00:00Z';
const kSix = ['one', 'two', 'three', 'four', 'five', 'six'];

function entry(step: string, more: Partial<TimelineEntry> = {}): TimelineEntry {
  return { step, since: kThen, at: kThen, done: true, attempts: 1, next_try_at: null, error_code: null, last_error: null, help: null, ...more };
}

function failing(step: string, code = 'peer_unreachable', more: Partial<TimelineEntry> = {}): TimelineEntry {
  return entry(step, { done: false, error_code: code, last_error: `${code}: no`, next_try_at: kThen, ...more });
}

function connection(more: Partial<Connection>): Connection {
  return {
    id: '01', state: 'pending_out', direction: 'outgoing', local: 'alice@a.example', peer: 'bob@b.example', purpose: '', verified: false, verified_at: null,
    words: null, fingerprint: null, reason: null, peer_delivery: null, peer_instance: { domain: 'b.example', name: null, last_seen: null, down_since: null },
    created_at: kThen, updated_at: kThen, expires_at: kThen, established_at: null, timeline: [], ...more,
  };
}

const names = (one: Connection) => stepsOf(one).map(({ name, state }) => `${name} ${state}`);

test('a request on its way', () => {
  const fresh = connection({});
  assert.equal(situation(fresh), 'onItsWay');
  assert.equal(turnOf(fresh), 'servers');
  assert.deepEqual(names(fresh), ['asked done', 'discovery now', 'init open', 'exchange open', 'verify open', 'complete open']);
  assert.equal(canRetry(fresh), false);

  const stuck = connection({ timeline: [failing('discovery')] });
  assert.equal(situation(stuck), 'notDelivered');
  assert.equal(names(stuck)[1], 'discovery trouble');
  assert.equal(canRetry(stuck), true);
});

test('what went wrong once does not matter when a later step is done', () => {
  const asked = connection({ timeline: [failing('discovery'), entry('init')] });
  assert.equal(trouble(asked), undefined);
  assert.equal(situation(asked), 'theyDecide');
  assert.equal(turnOf(asked), 'them');
  assert.deepEqual(names(asked), ['asked done', 'init done', 'exchange now', 'verify open', 'complete open']);
});

test('a request to decide', () => {
  const asked = connection({ state: 'pending_in', direction: 'incoming', timeline: [entry('init')] });
  assert.equal(turnOf(asked), 'you');
  assert.deepEqual(names(asked).slice(0, 3), ['asked done', 'approval now', 'discovery open']);
});

test('a server nobody can reach is no trouble, a blocked one is', () => {
  const approved = (code: string) => connection({
    state: 'exchanging', direction: 'incoming', peer_delivery: 'poll', timeline: [entry('init'), entry('approval'), failing('discovery', code)],
  });
  assert.equal(trouble(approved('peer_unreachable')), undefined);
  assert.equal(trouble(approved('peer_blocked'))?.step, 'discovery');
});

test('words are open until they were compared, or need not be', () => {
  const done = [entry('init'), entry('exchange'), entry('verify'), entry('complete')];
  const open = connection({ state: 'established', words: kSix, established_at: kThen, timeline: done });
  assert.equal(wordsAreOpen(open), true);
  assert.equal(turnOf(open), 'you');
  assert.equal(names(open).at(-1), 'words now');
  // Compared while the last steps were still running.
  const early = connection({ state: 'verifying', words: kSix, timeline: [entry('init'), entry('exchange'), entry('words')] });
  assert.equal(wordsAreOpen(early), false);
  const invited = connection({ ...open, verified: true });
  assert.equal(wordsAreOpen(invited), false);
  assert.equal(turnOf(invited), 'nobody');
  assert.equal(names(invited).at(-1), 'complete done');
});

test('of what has ended only what happened is told', () => {
  const differed = connection({
    state: 'revoked', reason: 'words_differ', words: kSix, established_at: kThen,
    timeline: [entry('init'), entry('exchange'), entry('verify'), entry('complete'), entry('words', { done: false }), failing('revoke')],
  });
  assert.deepEqual(names(differed).slice(-2), ['words_differ trouble', 'revoke trouble']);
  assert.equal(wordsAreOpen(differed), false);
  assert.equal(canRetry(differed), true);
  const away = [entry('init'), entry('exchange'), entry('verify'), entry('complete'), failing('revoke')];
  const left = connection({ state: 'revoked', reason: 'revoked_here', words: kSix, established_at: kThen, timeline: away });
  assert.deepEqual(names(left).slice(-2), ['complete done', 'revoke trouble'], 'no words are left to compare');
  const declined = connection({
    state: 'rejected', direction: 'incoming', reason: 'rejected_here', timeline: [entry('init'), entry('approval'), entry('exchange')],
  });
  assert.deepEqual(names(declined), ['asked done', 'declined done', 'exchange done']);
  assert.equal(canAskAgain(declined), true);
});

test('an approval that waits for a person can be tried again, not asked for again', () => {
  const parked = connection({
    state: 'failed', reason: 'key_mismatch', direction: 'incoming', timeline: [entry('init'), entry('approval'), failing('discovery', 'key_mismatch', { next_try_at: null })],
  });
  assert.equal(canRetry(parked), true);
  assert.equal(canAskAgain(parked), false);
  const over = connection({ ...parked, direction: 'outgoing', expires_at: null, timeline: [failing('discovery', 'key_mismatch', { next_try_at: null })] });
  assert.equal(canRetry(over), false);
  assert.equal(canAskAgain(over), true);
});

test('steps this page does not know come last, under their names', () => {
  const later = connection({ state: 'established', established_at: kThen, verified: true, timeline: [entry('complete'), entry('weather'), entry('poll')] });
  assert.deepEqual(names(later).slice(-1), ['weather done']);
});
