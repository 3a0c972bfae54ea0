// The tus client most websites use, as it is, against the real daemon on a network that breaks. No browser: in node it
// speaks the same HTTP.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

import * as tus from 'tus-js-client';

import { startCuttingProxy } from './lib/cutting_proxy.mjs';
import { story } from './lib/story.mjs';
import { withDeadline } from './lib/waiting.mjs';

const MIB = 1 << 20;
const RETRIES = [0, 50, 100, 200, 400, 800, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000];

function digestOf(bytes) {
  return `sha-256:${createHash('sha256').update(bytes).digest('hex')}`;
}

// Fulfilled with the address of the upload once the client says it is done.
function upload(url, person, name, content, options = {}) {
  return new Promise((resolve, reject) => {
    const sending = new tus.Upload(content, {
      endpoint: `${url}/api/uploads`,
      retryDelays: RETRIES,
      metadata: { filename: name, filetype: 'application/octet-stream' },
      headers: { authorization: `Bearer ${person.token}` },
      onSuccess: () => resolve(sending.url),
      onError: reject,
      ...options,
    });
    sending.start();
  });
}

async function assertStored(person, name, content) {
  const found = (await person.get('/api/assets', { name })).items;
  assert.equal(found.length, 1, `${name}: ${JSON.stringify(found)}`);
  assert.equal(found[0].digest, digestOf(content));
  const answer = await person.request('GET', `/api/assets/${found[0].id}/content`);
  assert.ok(Buffer.compare(answer.body, content) === 0, 'the content is another');
  assert.deepEqual((await person.get('/api/uploads')).items, []);
}

for (const [kind, options] of [
  ['in one request', {}],
  ['in chunks', { chunkSize: MIB }],
  ['with the first bytes at the creation', { uploadDataDuringCreation: true }],
  ['by POST alone', { overridePatchMethod: true }],
]) {
  story(`tus-js-client uploads ${kind}`, async (stage) => {
    const home = await stage.instance();
    const alice = await home.addUser('alice');
    const content = randomBytes(5 * MIB + 7);
    await withDeadline(upload(home.url.slice(0, -1), alice, 'whole.bin', content, options), 60_000, 'the upload');
    await assertStored(alice, 'whole.bin', content);
  });
}

story('tus-js-client uploads an empty file', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  await withDeadline(upload(home.url.slice(0, -1), alice, 'empty.bin', Buffer.alloc(0)), 60_000, 'the upload');
  await assertStored(alice, 'empty.bin', Buffer.alloc(0));
});

for (const seed of [1, 2, 3]) {
  story(`tus-js-client gets through a network that cuts connections (seed ${seed})`, async (stage) => {
    const home = await stage.instance();
    const alice = await home.addUser('alice');
    const content = randomBytes(20 * MIB + 12_345);
    const proxy = await startCuttingProxy(home.localPort, { seed, between: [200, 3 * MIB], letGo: 3 });
    try {
      const chunked = seed === 2 ? { chunkSize: 2 * MIB } : {};
      await withDeadline(upload(proxy.url, alice, 'cut.bin', content, chunked), 120_000, 'the upload');
    } finally {
      await proxy.close();
    }
    assert.ok(proxy.cuts >= 2, `only ${proxy.cuts} cuts`);
    await assertStored(alice, 'cut.bin', content);
  });
}

story('tus-js-client goes on with a daemon that was killed in the middle', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  const content = randomBytes(48 * MIB);
  const proxy = await startCuttingProxy(home.localPort, { seed: 7, between: [12 * MIB, 20 * MIB], letGo: 3 });
  let restarted = null;
  proxy.onBytes = (passed) => {
    if (passed > 30 * MIB && restarted === null) {
      restarted = home.stop('SIGKILL').then(() => home.start());
    }
  };
  try {
    await withDeadline(upload(proxy.url, alice, 'killed.bin', content), 120_000, 'the upload');
  } finally {
    await proxy.close();
    await restarted;
  }
  assert.ok(restarted !== null, 'nothing was killed');
  await assertStored(alice, 'killed.bin', content);
});

story('tus-js-client goes on where another one stopped, and gives up for good', async (stage) => {
  const home = await stage.instance();
  const alice = await home.addUser('alice');
  const url = home.url.slice(0, -1);
  const content = randomBytes(4 * MIB);
  const half = 2 * MIB;
  // Stopped half way, as by a page that is closed.
  const address = await withDeadline(
    new Promise((resolve, reject) => {
      const sending = new tus.Upload(content, {
        endpoint: `${url}/api/uploads`,
        chunkSize: MIB,
        metadata: { filename: 'later.bin' },
        headers: { authorization: `Bearer ${alice.token}` },
        onChunkComplete: (size, accepted) => {
          if (accepted === half) {
            sending.abort().then(() => resolve(sending.url), reject);
          }
        },
        onError: reject,
      });
      sending.start();
    }),
    60_000,
    'the first half',
  );
  const [unfinished] = (await alice.get('/api/uploads')).items;
  assert.deepEqual([unfinished.name, unfinished.offset, unfinished.size], ['later.bin', half, content.length]);
  const going = upload(url, alice, 'later.bin', content, { uploadUrl: address });
  assert.equal(await withDeadline(going, 60_000, 'the second half'), address);
  await assertStored(alice, 'later.bin', content);

  const given = new tus.Upload(content, {
    endpoint: `${url}/api/uploads`,
    chunkSize: MIB,
    metadata: { filename: 'never.bin' },
    headers: { authorization: `Bearer ${alice.token}` },
  });
  await withDeadline(
    new Promise((resolve, reject) => {
      given.options.onChunkComplete = () => given.abort(true).then(resolve, reject);
      given.options.onError = reject;
      given.start();
    }),
    60_000,
    'the end',
  );
  assert.deepEqual((await alice.get('/api/uploads')).items, []);
});
