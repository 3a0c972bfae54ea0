import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Problem } from '../src/api/problem.ts';
import { Admission } from '../src/screens/entry/admission.ts';
import { type Challenge, proofOf, solve } from '../src/screens/entry/challenge.ts';
import { handleFrom, isEmail, isHandle, isLongName, isTooLong, lengthOf } from '../src/screens/entry/rules.ts';

function challengeOf(number: number, maxnumber = 5000, salt = 'a1b2c3?expires=1900000000'): Challenge {
  const challenge = createHash('sha256').update(`${salt}${number}`).digest('hex');
  return { algorithm: 'SHA-256', challenge, maxnumber, salt, signature: 'signed' };
}

const codeOf = (work: Promise<unknown>) => work.then(() => 'done', (reason: unknown) => (reason instanceof Problem ? reason.code : String(reason)));

test('the number is found, the first and the last one as well', async () => {
  for (const number of [0, 1, 777, 5000]) assert.equal(await solve(challengeOf(number)), number);
  const shouted = challengeOf(12);
  assert.equal(await solve({ ...shouted, challenge: shouted.challenge.toUpperCase() }), 12);
});

test('what has no answer, or asks for too much, ends', async () => {
  assert.equal(await codeOf(solve(challengeOf(5001))), 'challenge_failed');
  assert.equal(await codeOf(solve(challengeOf(1, 1e12))), 'challenge_failed');
});

test('solving tells how far it is, leaves turns to others and can be given up', async () => {
  const parts: number[] = [];
  const control = new AbortController();
  let turns = 0;
  const timer = setInterval(() => { if (++turns === 3) control.abort(new Error('left')); }, 1);
  await assert.rejects(solve(challengeOf(99_999_999, 100_000_000), { onPart: (part) => parts.push(part), signal: control.signal }), /left/);
  clearInterval(timer);
  assert.equal(turns, 3);
  assert.ok(parts.length >= 1 && parts.every((part, at) => part > 0 && part < 1 && part > (parts[at - 1] ?? 0)));
});

test('the proof is what ALTCHA says', () => {
  const challenge = challengeOf(42);
  const proof: unknown = JSON.parse(atob(proofOf(challenge, 42)));
  const { maxnumber: _, ...rest } = challenge;
  assert.deepEqual(proof, { ...rest, number: 42 });
});

interface Scene { admission: Admission; asked: string[]; time: { now: number }; answers: (string | Problem)[] }

// A door that gives these tokens, or refuses with these problems, one after the other.
function scene(...answers: (string | Problem)[]): Scene {
  const asked: string[] = [];
  const time = { now: Date.parse('2026-01-01T00:00:00Z') };
  const admission = new Admission({
    challenge: async () => { asked.push('challenge'); return challengeOf(asked.length); },
    token: async () => {
      asked.push('token');
      const next = answers.shift() ?? new Problem('offline', 0);
      if (next instanceof Problem) throw next;
      return { token: next, expires_at: new Date(time.now + 15 * 60_000).toISOString() };
    },
  }, () => time.now);
  return { admission, asked, time, answers };
}

test('one solution is enough for all who wait for it, and for later', async () => {
  const { admission, asked } = scene('first');
  admission.begin();
  assert.deepEqual(await Promise.all([admission.token(), admission.token()]), ['first', 'first']);
  admission.begin();
  assert.equal(await admission.token(), 'first');
  assert.deepEqual(asked, ['challenge', 'token']);
  assert.equal(admission.stand.value.step, 'ready');
});

test('a token that has run out, or was used, is followed by another', async () => {
  const { admission, asked, time } = scene('first', 'second', 'third');
  assert.equal(await admission.token(), 'first');
  time.now += 15 * 60_000 - 29_000;  // it would run out on the way
  assert.equal(await admission.token(), 'second');
  admission.drop();
  assert.equal(admission.stand.value.step, 'idle');
  assert.equal(await admission.token(), 'third');
  assert.equal(asked.length, 6);
});

test('a solution that came too late is made again, once', async () => {
  const late = () => new Problem('challenge_failed', 400);
  const lucky = scene(late(), 'second');
  assert.equal(await lucky.admission.token(), 'second');
  const never = scene(late(), late(), 'third');
  assert.equal(await codeOf(never.admission.token()), 'challenge_failed');
  assert.deepEqual(never.answers, ['third']);
});

test('what failed is told, and tried again only when somebody asks for it', async () => {
  const { admission, asked } = scene(new Problem('registration_closed', 403), 'second');
  assert.equal(await codeOf(admission.token()), 'registration_closed');
  const { value } = admission.stand;
  assert.equal(value.step === 'failed' && value.problem.code, 'registration_closed');
  admission.begin();
  assert.equal(asked.length, 2);
  assert.equal(await admission.token(), 'second');
});

test('addresses are taken as the daemon takes them', () => {
  for (const good of ['a@b', 'Ada.L+kith@mail.example', "o'neill@x-y.example", `${'a'.repeat(64)}@b.example`]) assert.ok(isEmail(good), good);
  const bad = ['', 'a', '@b', 'a@', 'a@@b', 'a@b@c', '.a@b', 'a..b@c', 'a@b.', 'a b@c', 'ä@b.example', 'a@ä.example', 'a,b@c', `${'a'.repeat(65)}@b`,
    `a@${'b'.repeat(253)}`];
  for (const one of bad) assert.ok(!isEmail(one), one);
});

test('short names are suggested as the daemon makes them', () => {
  const made = { 'Ada.L@x': 'ada.l', 'bob+tag@x': 'bob', 'al@x': 'user-al', '..-@x': 'user', "o'neill@x": 'oneill', '_x_@x': 'user-x', '': '', '@x': '' };
  for (const [email, handle] of Object.entries(made)) assert.equal(handleFrom(email), handle, email);
  assert.equal(handleFrom(`${'a'.repeat(40)}@x`), 'a'.repeat(32));
  for (const good of ['abc', 'a.b-c_9', 'a'.repeat(32)]) assert.ok(isHandle(good), good);
  for (const bad of ['ab', 'Abc', 'a b', 'ä..', 'a'.repeat(33)]) assert.ok(!isHandle(bad), bad);
});

test('passwords are measured as people count, and bounded by bytes', () => {
  assert.equal(lengthOf('ä😀 '), 3);
  assert.ok(!isTooLong('😀'.repeat(256)));
  assert.ok(isTooLong(`${'😀'.repeat(256)}a`));
  assert.ok(!isLongName('ä'.repeat(100)));
  assert.ok(isLongName('ä'.repeat(101)));
});
