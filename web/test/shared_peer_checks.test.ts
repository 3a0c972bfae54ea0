import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, question, sessionOf, settled } from './fake_daemon.ts';
import { session } from '../src/api/session.ts';
import { checkPeer, checks } from '../src/screens/shared/peer_checks.ts';

const page = { items: [], next: null };
const problem = (code: string, status: number, more = {}) => ({ status, title: '', detail: '', code, request_id: '', ...more });
const standing = (address: string) => checks.value.get(address)?.standing;

function logIn(name: string): void {
  session.value = sessionOf(name) as typeof session.value;
}

test('what an answer says about their server', async () => {
  logIn('alice');
  void checkPeer('up@u.example');
  await (await question('GET api/assets')).answer(200, page);
  assert.deepEqual(standing('up@u.example'), { kind: 'up' });

  void checkPeer('down@d.example');
  await (await question('GET api/assets')).answer(503, problem('peer_unreachable', 503, { since: '2026-01-01T00:00:00.000Z' }));
  assert.deepEqual(standing('down@d.example'), { kind: 'down', since: '2026-01-01T00:00:00.000Z' });

  void checkPeer('odd@o.example');
  await (await question('GET api/assets')).answer(403, problem('peer_blocked', 403));
  assert.equal(standing('odd@o.example')?.kind, 'refused');

  // Our own server has other things to do: nothing was learned.
  void checkPeer('up@u.example');
  await (await question('GET api/assets')).answer(429, problem('too_many_requests', 429));
  assert.deepEqual(standing('up@u.example'), { kind: 'up' });
  assert.equal(checks.value.get('up@u.example')?.asking, false);
});

test('two at a time, each of them once', async () => {
  logIn('alice');
  for (const name of ['a', 'b', 'c', 'a', 'c']) void checkPeer(`${name}@x.example`);
  const first = await question('GET api/assets');
  const second = await question('GET api/assets');
  await settled();
  assert.equal(asked.length, 0);
  await first.answer(200, page);
  await (await question('GET api/assets')).answer(200, page);
  await second.answer(200, page);
  assert.equal(asked.length, 0);
  for (const name of ['a', 'b', 'c']) assert.deepEqual(standing(`${name}@x.example`), { kind: 'up' });
});

test('what was asked for one person says nothing to the next', async () => {
  logIn('alice');
  void checkPeer('slow@s.example');
  const late = await question('GET api/assets');
  session.value = null;
  assert.equal(checks.value.size, 0);
  logIn('bob');
  await late.answer(200, page);
  assert.equal(checks.value.size, 0);
});
