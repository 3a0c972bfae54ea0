// The content coding against the examples of RFC 8188, and against whoever changes what is sealed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bytes, fromBase64url, join, utf8 } from '../src/sealed/bytes.ts';
import { contentKeys, encodeHeader, plainSize, sealedSize, sealRecord } from '../src/sealed/content_coding.ts';
import { Decoder } from '../src/sealed/decoder.ts';
import { bothPrimitives, content, decode } from './sealed_pieces.ts';

const kSecret = content(16);
const kSalt = content(40).subarray(24).slice();
const kRecordSize = 50;

function bytesOf(text: string): Bytes {
  const bytes = fromBase64url(text);
  if (!bytes) throw new Error(`no base64url: ${text}`);
  return bytes;
}

const { browser: primitives } = bothPrimitives;
const decoder = () => new Decoder(primitives, () => kSecret);

async function records(parts: { plain: Bytes; last?: boolean }[]): Promise<Bytes[]> {
  const keys = await contentKeys(primitives, kSecret, kSalt);
  const sealed = await Promise.all(parts.map(({ plain, last }, at) => sealRecord(keys, at, plain, last ?? at === parts.length - 1)));
  return [encodeHeader({ salt: kSalt, recordSize: kRecordSize, keyId: new Uint8Array() }), ...sealed];
}

const kRoom = kRecordSize - 17;
const whole = [{ plain: content(kRoom) }, { plain: content(kRoom) }, { plain: content(5) }];

// RFC 8188, sections 3.1 and 3.2.
const examples = [
  { secret: 'yqdlZ-tYemfogSmv7Ws5PQ', keyId: '', recordSize: 4096,
    sealed: 'I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg' },
  { secret: 'BO3ZVPxUlnLORbVGMpbT1Q', keyId: 'a1', recordSize: 25,
    sealed: 'uNCkWiNYzKTnBN9ji3-qWAAAABkCYTHOG8chz_gnvgOqdGYovxyjuqRyJFjEDyoF1Fvkj6hQPdPHI51OEUKEpgz3SsLWIqS_uA' },
];

for (const [which, using] of Object.entries(bothPrimitives)) {
  test(`opens the examples of RFC 8188, in pieces of any size (${which})`, async () => {
    for (const { secret, keyId, recordSize, sealed } of examples) {
      for (const piece of [1, 7, 24, 1000]) {
        const opening = new Decoder(using, (header) => {
          assert.deepEqual(header.keyId, utf8(keyId));
          assert.equal(header.recordSize, recordSize);
          return bytesOf(secret);
        });
        assert.equal(new TextDecoder().decode(await decode(opening, bytesOf(sealed), piece)), 'I am the walrus');
      }
    }
  });

  test(`makes the first example of RFC 8188 (${which})`, async () => {
    const sealed = bytesOf(examples[0]?.sealed ?? '');
    const salt = sealed.slice(0, 16);
    const keys = await contentKeys(using, bytesOf(examples[0]?.secret ?? ''), salt);
    const made = join([encodeHeader({ salt, recordSize: 4096, keyId: new Uint8Array() }), await sealRecord(keys, 0, utf8('I am the walrus'), true)]);
    assert.deepEqual(made, sealed);
  });
}

test('records beyond 2^32 have nonces of their own', async () => {
  const keys = await contentKeys(primitives, kSecret, kSalt);
  const first = await sealRecord(keys, 3, content(9), false);
  assert.notEqual(first.join(), (await sealRecord(keys, 3 + 2 ** 32, content(9), false)).join());
  assert.deepEqual(first, await sealRecord(keys, 3, content(9), false));
});

test('what was changed, cut, moved or lengthened is refused', async () => {
  const parts = await records(whole);
  const [header, first, second, last] = parts;
  if (!header || !first || !second || !last) throw new Error('four parts');
  assert.deepEqual(await decode(decoder(), join(parts)), join(whole.map(({ plain }) => plain)));
  const hostile: Record<string, Bytes[]> = {
    nothing: [],
    'half a header': [header.subarray(0, 9)],
    'no record': [header],
    'cut between records': [header, first, second],
    'cut within a record': [header, first, second, last.subarray(0, 20)],
    'one left out': [header, first, last],
    'two changed places': [header, second, first, last],
    'one twice': [header, first, first, second, last],
    'something behind': [...parts, Uint8Array.of(0)],
    'a record behind': [...parts, first],
    'an end in the middle': await records([{ plain: content(kRoom), last: true }, { plain: content(4) }]),
    'no end': await records([{ plain: content(kRoom) }, { plain: content(4), last: false }]),
  };
  for (const [what, changed] of Object.entries(hostile)) {
    for (const piece of [1, 50, 1000]) await assert.rejects(decode(decoder(), join(changed), piece), { name: 'Damaged' }, what);
  }
});

test('no bit can be changed', async () => {
  const sealed = join(await records(whole));
  for (let at = 0; at < sealed.length; ++at) {
    const changed = sealed.slice();
    changed[at] = (changed[at] ?? 0) ^ (1 << at % 8);
    await assert.rejects(decode(decoder(), changed), { name: 'Damaged' }, `byte ${at}`);
  }
});

test('absurd record sizes cost no memory', async () => {
  for (const recordSize of [0, 17, 2 ** 32 - 1]) {
    const header = encodeHeader({ salt: kSalt, recordSize, keyId: new Uint8Array() });
    await assert.rejects(decoder().take(header), { name: 'Damaged' });
  }
});

test('sizes follow from one another', () => {
  assert.equal(sealedSize(0, 50), 21 + 17);
  assert.equal(sealedSize(kRoom, 50), 21 + 50);
  assert.equal(sealedSize(kRoom + 1, 50), 21 + 50 + 18);
  for (let size = 0; size < 200; ++size) assert.equal(plainSize(sealedSize(size, 50), 50), size);
  for (const size of [-1, 0, 20, 21, 37, 21 + 50 + 17]) assert.equal(plainSize(size, 50), undefined, String(size));
});
