import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isForGate, takeArrival } from '../src/shell/arrival.ts';

// What is taken out of the address, and what is left of it.
function open(hash: string) {
  let left = hash;
  Object.assign(globalThis, {
    location: { hash },
    history: { replaceState: (_: unknown, __: string, url: string) => { left = url; } },
  });
  return { arrival: takeArrival(), left };
}

test('tokens leave the address, whatever they are for', () => {
  const links = { '/log-in': 'logInToken', '/set-up': 'setUpToken', '/verify-email': 'verifyToken', '/reset-password': 'resetToken' };
  for (const [path, kind] of Object.entries(links)) {
    const { arrival, left } = open(`#${path}?token=abc-_1`);
    assert.deepEqual(arrival, { [kind]: 'abc-_1' });
    assert.equal(left, '#/');
    assert.ok(isForGate(arrival));
  }
  assert.deepEqual(open('#/elsewhere?token=abc'), { arrival: {}, left: '#/' });
  assert.deepEqual(open('#/constructor?token=abc'), { arrival: {}, left: '#/' });
});

test('invites to register and to connect are told apart', () => {
  assert.deepEqual(open('#/register?invite=abc'), { arrival: { registrationInvite: 'abc' }, left: '#/register' });
  const connect = open('#/people?invite=kith1:x');
  assert.deepEqual(connect, { arrival: { invite: 'kith1:x' }, left: '#/people' });
  assert.ok(!isForGate(connect.arrival));
});

test('an address without a secret stays as it is', () => {
  for (const hash of ['', '#/', '#/register', '#/register?', '#/files?q=x', '#/verify-email?token=']) assert.deepEqual(open(hash), { arrival: {}, left: hash });
  assert.ok(!isForGate({}));
});
