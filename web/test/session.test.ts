import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asked, question, sessionOf, settled } from './fake_daemon.ts';
import { call } from '../src/api/client.ts';
import { asProblem } from '../src/api/problem.ts';
import { keepSession, logIn, logOut, refreshSession, session, userId, whenUserLeaves } from '../src/api/session.ts';
import { connections, connectionsProblem, connectionsRead, readConnections } from '../src/data/connections.ts';

const outcome = (work: Promise<unknown>) => work.then(() => 'done', (reason: unknown) => asProblem(reason).code);
const problem = (code: string) => ({ code });

async function as(name: string): Promise<void> {
  const done = logIn({ email: name, password: 'secret' });
  await (await question('POST api/session')).answer(201, sessionOf(name));
  await done;
}

test('what was asked before a log-in or log-out says nothing about the time after it', async () => {
  const early = refreshSession();
  const first = await question('GET api/session');
  await as('alice');
  await first.answer(401, problem('unauthorized'));
  assert.equal(await early, true);
  assert.equal(userId(), 'alice');

  void refreshSession();
  const second = await question('GET api/session');
  const out = logOut();
  await (await question('DELETE api/session')).answer(204);
  await out;
  await second.answer(200, sessionOf('alice'));
  assert.equal(session.value, null);
});

test('of two readings the one asked last counts, whichever is answered first', async () => {
  void refreshSession();
  void refreshSession();
  const first = await question('GET api/session');
  const second = await question('GET api/session');
  await second.answer(200, sessionOf('bob'));
  await first.answer(200, sessionOf('alice'));
  assert.equal(userId(), 'bob');
});

test('a call with an old CSRF token is sent again, once, with the new one', async () => {
  await as('alice');
  const done = outcome(call('post', '/api/invites', { body: { expires_in: 60, uses: 1 } }));
  await (await question('POST api/invites')).answer(403, problem('csrf'));
  await (await question('GET api/session')).answer(200, sessionOf('alice', 'renewed'));
  const again = await question('POST api/invites');
  assert.equal(again.csrf, 'renewed');
  await again.answer(403, problem('csrf'));
  assert.equal(await done, 'csrf');
  assert.equal(asked.length, 0);
});

test('what one person began is not done in the name of another', async () => {
  await as('alice');
  const done = outcome(call('post', '/api/invites', { body: { expires_in: 60, uses: 1 } }));
  await (await question('POST api/invites')).answer(403, problem('csrf'));
  await (await question('GET api/session')).answer(200, sessionOf('bob'));
  assert.equal(await done, 'unauthorized');
  assert.equal(asked.length, 0);
});

test('nobody gets the answer to what another person asked', async () => {
  await as('alice');
  const read = outcome(call('get', '/api/assets'));
  const question_ = await question('GET api/assets');
  await as('bob');
  await question_.answer(200, { items: [], next: null });
  assert.equal(await read, 'unauthorized');
});

test('logging out works although another tab has renewed the log-in', async () => {
  await as('alice');
  const out = logOut();
  await (await question('DELETE api/session')).answer(403, problem('csrf'));
  await (await question('GET api/session')).answer(200, sessionOf('alice', 'renewed'));
  const again = await question('DELETE api/session');
  assert.equal(again.csrf, 'renewed');
  await again.answer(204);
  await out;
  assert.equal(session.value, null);
});

test('somebody leaves when another comes or nobody is left, and not when a log-in is renewed', async () => {
  let left = 0;
  whenUserLeaves(() => { ++left; });
  await as('alice');
  await as('alice');
  assert.equal(left, 0);
  await as('bob');
  assert.equal(left, 1);
  const out = logOut();
  await (await question('DELETE api/session')).answer(401, problem('unauthorized'));
  await out;
  assert.equal(left, 2);
});

test('a tab whose renewal comes second stays logged in', async () => {
  let look = () => {};
  const fakes = {
    BroadcastChannel: class { postMessage() {} },
    document: { addEventListener: (_: string, act: () => void) => { look = act; } },
    setInterval: () => 0,
  };
  Object.assign(globalThis, fakes);
  keepSession();
  await as('alice');
  session.value = { ...sessionOf('alice', 'old', 60_000) } as typeof session.value;
  look();
  await (await question('GET api/session')).answer(200, sessionOf('alice', 'old', 60_000));
  await (await question('POST api/session/renew')).answer(401, problem('unauthorized'));
  await (await question('GET api/session')).answer(200, sessionOf('alice', 'new'));
  assert.equal(session.value?.csrf, 'new');
});

test('the connections of one person are not there for the next, and reading the next one’s waits for nobody', async () => {
  await as('alice');
  void readConnections();
  await (await question('GET api/connections')).answer(200, { items: [{ id: '1' }], next: null });
  assert.deepEqual(connections.value.map(({ id }) => id), ['1']);
  void readConnections();
  const late = await question('GET api/connections');
  await as('bob');
  assert.deepEqual(connections.value, []);
  assert.equal(connectionsRead.value, false);
  void readConnections();
  const bobs = await question('GET api/connections');
  await late.answer(200, { items: [{ id: '1' }], next: null });
  assert.deepEqual(connections.value, []);
  await bobs.answer(200, { items: [{ id: '2' }], next: null });
  await settled();
  assert.deepEqual(connections.value.map(({ id }) => id), ['2']);
  assert.equal(connectionsProblem.value, undefined);
});
